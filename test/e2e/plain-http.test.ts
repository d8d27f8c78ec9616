import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { regfsck } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { type Certificate, makeCertificate } from '../support/servers/certificate.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { serveRaw } from '../support/simulated/host.ts'

const directory = scratch()
const node = image('local')
const OPENSSL = /SSL routines|openssl|u000a|0A000/i

describeWithServers(['docker-registry', 'openssl'], 'an image that is written without a scheme', () => {
  let plain: RunningRegistry
  let secure: RunningRegistry
  let certificate: Certificate

  beforeAll(async () => {
    const root = join(directory, 'registry')
    plain = await startRegistry({ root })
    await push({ url: plain.url, repository: 'app' }, node, 'v1')
    certificate = makeCertificate(join(directory, 'certificate'))
    const tls = { certificate: certificate.cert, key: certificate.key }
    secure = await startRegistry({ root, config: { http: { addr: '127.0.0.1:0', secret: 'x', tls } } })
  })

  afterAll(() => Promise.all([plain.stop(), secure.stop()]))

  it.each(['127.0.0.1', 'localhost'])('is asked for in plain HTTP if this machine uses that (%s)', async (host) => {
    const port = new URL(plain.url).port
    const ran = await regfsck(['check', `${host}:${port}/app:v1`])
    expect([ran.code, ran.stdout]).toEqual([0, `${host}:${port}/app@${node.descriptor.digest}\n`])
  })

  it('is asked for by TLS if it uses that, and its certificate counts', async () => {
    const trusted = await regfsck(['check', `--ca-file=${certificate.cert}`, `${secure.host}/app:v1`])
    expect([trusted.code, trusted.stdout]).toEqual([0, `${secure.host}/app@${node.descriptor.digest}\n`])
    const unknown = await regfsck(['check', `${secure.host}/app:v1`])
    expect(unknown.code).toBe(4)
    const said = unknown.stderr.replace(/\s+/g, ' ')
    expect(said).toMatch(/unknown authority; use --ca-file FILE .* or --insecure-skip-verify 127\.0\.0\.1:\d+/)
  })

  it('counts the authorities of NODE_EXTRA_CA_CERTS beside those of --ca-file', async () => {
    const other = makeCertificate(join(directory, 'other'))
    const env = { NODE_EXTRA_CA_CERTS: certificate.cert }
    expect((await regfsck(['check', `--ca-file=${other.cert}`, `${secure.host}/app:v1`], { env })).code).toBe(0)
    expect((await regfsck(['check', `--ca-file=${other.cert}`, `${secure.host}/app:v1`])).code).toBe(4)
  })

  it('with https:// stays with it, and it is said what to write', async () => {
    for (const args of [
      ['check', `https://${plain.host}/app:v1`],
      ['scan', `https://${plain.host}`],
    ]) {
      const ran = await regfsck(args)
      expect(ran.code).toBe(4)
      expect((ran.stdout + ran.stderr).replace(/\s+/g, ' ')).toContain(
        `${plain.host} speaks plain HTTP: write http://${plain.host}/…`,
      )
      expect(ran.stdout + ran.stderr).not.toMatch(OPENSSL)
    }
  })

  it('names no authority that can be read in a file without one', async () => {
    const key = await regfsck(['check', `--ca-file=${certificate.key}`, `${plain.host}/app:v1`])
    expect([key.code, key.stderr]).toEqual([2, expect.stringContaining('--ca-file')])
    expect(key.stderr).not.toContain(readFileSync(certificate.key, 'utf8').split('\n')[1])
  })
})

describe('simulated: what is neither TLS nor HTTP', () => {
  it('is reported without the words of OpenSSL', async () => {
    const url = await serveRaw((socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    for (const target of [url.replace('http:', 'https:'), new URL(url).host]) {
      const ran = await regfsckHere(['check', `${target}/app:v1`])
      expect(ran.code).toBe(4)
      expect(ran.stderr.replace(/\s+/g, ' ')).toContain('does not speak TLS')
      expect(ran.stderr).not.toMatch(OPENSSL)
    }
  })
})

describe('a target without a scheme', () => {
  it.each(['localhost:5000', 'localhost', '127.0.0.1:5000', 'registry.example:5000/prefix', '[::1]:5000'])(
    '%s that is no path is refused with what to write: exit 2',
    async (target) => {
      const ran = await regfsckHere(['scan', target])
      expect([ran.code, ran.stderr]).toEqual([
        2,
        `regfsck: "${target}" is not a path; to scan a registry over its API write http://${target} or https://${target}\n`,
      ])
    },
  )

  it('that looks like a path is looked for as one', async () => {
    for (const target of ['nowhere', './localhost:5000', '/nowhere:5000']) {
      const ran = await regfsckHere(['scan', target])
      expect(ran.stderr + ran.stdout).not.toContain('http://')
    }
  })
})
