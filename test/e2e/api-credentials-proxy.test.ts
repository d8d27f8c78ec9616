import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { makeCertificate } from '../support/servers/certificate.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { type ConnectProxy, startConnectProxy } from '../support/simulated/connect-proxy.ts'

const directory = scratch()
/** Known to the proxy only. */
const NAME = 'registry.invalid'
const WHO = 'canary-user:canary-password'

function scan(url: string, env: Record<string, string>) {
  const args = [
    '--output=json',
    '--all-tags',
    '--log-level=trace',
    '--request-timeout=2s',
    '--insecure-skip-verify',
    NAME,
  ]
  return regfsck(['scan', ...args, url], { env })
}

describeWithServers(['docker-registry', 'openssl'], 'a registry behind a proxy', () => {
  let plain: RunningRegistry
  let secure: RunningRegistry
  let proxy: ConnectProxy
  let guarded: ConnectProxy
  const named = ({ host }: RunningRegistry, scheme: string) => `${scheme}://${host.replace('127.0.0.1', NAME)}`

  beforeAll(async () => {
    const { cert, key } = makeCertificate(join(directory, 'tls'))
    plain = await startRegistry({ root: copyOfFixture('lawful-artifact', join(directory, 'plain')) })
    secure = await startRegistry({
      root: copyOfFixture('lawful-artifact', join(directory, 'secure')),
      config: { http: { addr: '127.0.0.1:0', secret: 'for tests only', tls: { certificate: cert, key } } },
    })
    proxy = await startConnectProxy()
    guarded = await startConnectProxy(WHO)
  })

  afterAll(async () => {
    await Promise.all([plain, secure, proxy, guarded].map((each) => each.stop()))
  })

  it('over https is asked through HTTPS_PROXY, in a tunnel', async () => {
    proxy.asked.length = 0
    const url = named(secure, 'https')
    const ran = await scan(url, { HTTPS_PROXY: proxy.url })
    expect(ran.code).toBe(0)
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(url).host}`]))
  })

  it('over http is asked through HTTP_PROXY, request by request', async () => {
    proxy.asked.length = 0
    const url = named(plain, 'http')
    expect((await scan(url, { HTTP_PROXY: proxy.host })).code).toBe(0)
    expect(proxy.asked[0]).toBe(`GET ${url}/v2/`)
    expect(proxy.asked.every((line) => /^(?:GET|HEAD) http:/.test(line))).toBe(true)
  })

  it('that NO_PROXY names, or that is this host, is asked directly', async () => {
    proxy.asked.length = 0
    const excluded = await scan(named(secure, 'https'), { HTTPS_PROXY: proxy.url, NO_PROXY: '.invalid' })
    expect(excluded.code).toBe(4)
    expect(excluded.stdout).toMatch(/: cannot resolve host \S+ \(/)
    expect((await scan(plain.url, { HTTP_PROXY: proxy.url })).code).toBe(0)
    expect(proxy.asked).toEqual([])
  })

  it.each(['https', 'http'])(
    'over %s is reached with the user and password of the proxy, which are sent to nobody else',
    async (scheme) => {
      guarded.asked.length = 0
      const variable = `${scheme.toUpperCase()}_PROXY`
      const ran = await scan(named(scheme === 'https' ? secure : plain, scheme), {
        [variable]: `http://${WHO}@${guarded.host}`,
      })
      expect(ran.code).toBe(0)
      expect(guarded.asked.length).toBeGreaterThan(0)
      expect(ran.stdout + ran.stderr).not.toContain('canary')
    },
  )

  it.each(['https', 'http'])(
    'over %s and a proxy that refuses us: exit 4, and it is the proxy that is named',
    async (scheme) => {
      const variable = `${scheme.toUpperCase()}_PROXY`
      const wrong = `http://canary-user:canary-wrong@${guarded.host}`
      const ran = await scan(named(scheme === 'https' ? secure : plain, scheme), { [variable]: wrong })
      expect(ran.code).toBe(4)
      expect(targetIn(ran).error).toContain(`its proxy ${guarded.url} answered 407`)
      expect(ran.stdout + ran.stderr).not.toMatch(/canary|Y2FuYXJ5/)
    },
  )

  it.each(['https', 'http'])(
    'over %s and a proxy that is down: exit 4, and it is the proxy that is named',
    async (scheme) => {
      const gone = await startConnectProxy()
      await gone.stop()
      const variable = `${scheme.toUpperCase()}_PROXY`
      const ran = await scan(named(scheme === 'https' ? secure : plain, scheme), {
        [variable]: `http://${WHO}@${gone.host}`,
      })
      expect(ran.code).toBe(4)
      expect(targetIn(ran).error).toContain(`its proxy ${gone.url} cannot be reached: connect ECONNREFUSED`)
      expect(ran.stdout + ran.stderr).not.toMatch(/canary|Y2FuYXJ5/)
    },
  )
})
