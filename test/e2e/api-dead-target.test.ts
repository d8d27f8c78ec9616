import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { reportIn, scanJson, targetIn } from '../support/command/run.ts'
import { type SimulatedRegistry, simulateRegistry } from '../support/simulated/registry.ts'

describe('simulated: a registry that does not answer', () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  let dead: string
  let alive: SimulatedRegistry
  const times: number[] = []

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    dead = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    alive = await simulateRegistry(image('alive'), () => {
      times.push(performance.now())
      return false
    })
  })

  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await alive.stop()
  })

  it('ends with 4 after two time-outs, where it is the only one', async () => {
    const ran = await scanJson([dead], ['--request-timeout=500ms'])
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toMatch(/: timed out after \d/)
    expect(ran.took).toBeLessThan(5000)
  })

  it('holds up no other, whichever is named first', async () => {
    for (const order of [(both: string[]) => both, (both: string[]) => both.toReversed()]) {
      times.length = 0
      const ran = await scanJson(order([dead, alive.url]), ['--request-timeout=2s', '--all-tags'])
      expect(ran.code).toBe(3)
      expect(reportIn(ran).targets.map(({ target }) => target)).toEqual(order([dead, alive.url]))
      const whole = targetIn(ran, alive.host)
      expect(whole).toMatchObject({ complete: true, findings: [], unchecked: [] })
      expect(whole.tags.map(({ verdict }) => verdict)).toEqual(['intact'])
      // All was asked and answered long before the other's first time-out.
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(1500)
      expect(ran.took).toBeGreaterThan(4000)
    }
  })
})
