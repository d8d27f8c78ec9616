import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'

const SCRAPES = 1000
const MEBIBYTE = 2 ** 20

describe('a thousand scrapes at one time that read slowly', () => {
  let server: Serving
  const sockets: Socket[] = []

  beforeAll(async () => {
    const config = join(scratch(), 'regfsck.yaml')
    const broken = { name: 'broken', target: fixture('child-deleted-by-gc-m'), interval: '15s', 'recheck-delay': '0s' }
    writeFileSync(config, JSON.stringify({ registries: [broken] }))
    server = await serving(config)
    await server.until('scan.finished')
  })

  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.child.kill('SIGKILL')
  })

  it('keep nobody else waiting, cost little memory, and all get everything in the end', async () => {
    const memory = (): number =>
      (Number(readFileSync(`/proc/${server.child.pid}/statm`, 'latin1').split(' ')[1]) * 4096) / MEBIBYTE
    const before = memory()
    const { hostname, port, host } = new URL(server.url)
    const texts = await Promise.all(
      Array.from({ length: SCRAPES }, async (_, n) => {
        const socket = connect({ host: hostname, port: Number(port) })
        sockets.push(socket)
        await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
        const pieces: Buffer[] = []
        socket.on('data', (piece: Buffer) => pieces.push(piece))
        socket.pause()
        const over = new Promise<void>((resolve) => {
          socket.once('close', () => {
            resolve()
          })
        })
        // Prometheus takes gzip, and whoever tries it by hand does not.
        const accept = n % 2 === 0 ? 'Accept-Encoding: gzip\r\n' : ''
        socket.write(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\n${accept}Connection: close\r\n\r\n`)
        return async () => {
          socket.resume()
          await over
          return Buffer.concat(pieces).toString()
        }
      }),
    )
    const begun = performance.now()
    expect(await server.get('/healthz')).toBe('ok\n')
    expect(await server.series('run_success{registry="broken"}')).toBe(1)
    expect(performance.now() - begun).toBeLessThan(5000)
    const read = await Promise.all(texts.map((text) => text()))
    const answers = read.filter((text) => text.startsWith('HTTP/1.1 200'))
    expect(answers.filter((text) => text.includes('config_last_reload_successful 1'))).toHaveLength(SCRAPES / 2)
    const zipped = answers.filter((text) => text.includes('\ncontent-encoding: gzip\r\n'))
    expect(zipped.filter((text) => text.endsWith('\r\n0\r\n\r\n'))).toHaveLength(SCRAPES / 2)
    expect(memory() - before).toBeLessThan(200)
  })

  it('leave no connection open', async () => {
    const open = (): number => readdirSync(`/proc/${server.child.pid}/fd`).length
    await expect.poll(open, { timeout: 15_000, interval: 200 }).toBeLessThan(100)
  }, 20_000)
})
