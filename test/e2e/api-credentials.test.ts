import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type Certificate, makeCertificate } from '../support/servers/certificate.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { ISSUER, SERVICE, startTokenServer, type TokenServer, tokenFor } from '../support/simulated/token-server.ts'

const directory = scratch()
const PASSWORD = 'canary-password'
/** By the bcrypt that the reference server asks for. */
const HTPASSWD = 'me:$2y$05$abcdefghijklmnopqrstuuTvmw3qcMpAvEgQGhbFMhqjD3R/evDDW\n'

function scan(url: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  return regfsck(['scan', '--output=json', '--all-tags', '--log-level=trace', ...args, url], { env })
}

describeWithServers(['docker-registry', 'openssl'], 'a registry that wants tokens', () => {
  let certificate: Certificate
  let tokens: TokenServer
  let registry: RunningRegistry

  beforeAll(async () => {
    certificate = makeCertificate(join(directory, 'tokens'))
    tokens = await startTokenServer(certificate)
    const { realm } = tokens
    registry = await startRegistry({
      root: copyOfFixture('child-deleted-by-gc-m', join(directory, 'with-tokens')),
      config: { auth: { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: certificate.cert } } },
    })
  })

  afterAll(async () => {
    await registry.stop()
    await tokens.stop()
  })

  it('and gives nobody its catalog: exit 4, and the advice to name repositories', async () => {
    const ran = await scan(registry.url)
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(/does not list its repositories; name them with --repositories/)
    expect(ran.stdout).toMatch(/no credential was found/)
  })

  it('lets everybody pull: the repositories that are named are judged, with one token for each', async () => {
    tokens.asked.length = 0
    const ran = await scan(registry.url, ['--recheck-delay=0', '--repositories=infra-ci'])
    expect(ran.code).toBe(1)
    expect(targetIn(ran).complete).toBe(true)
    expect(tokens.asked.map(({ scope }) => scope)).toEqual(['repository:infra-ci:pull'])
  })

  it('and whose tokens end in the middle of a scan is asked for new ones, and judged all the same', async () => {
    tokens.asked.length = 0
    // A minute of grace is the reference server's: the token ends in 3 seconds, the second look comes in 5.
    tokens.lifetime = -57
    const ran = await scan(registry.url, ['--recheck-delay=5s', '--repositories=infra-ci'])
    tokens.lifetime = 60
    expect(ran.code).toBe(1)
    expect(targetIn(ran)).toMatchObject({ complete: true, unchecked: [] })
    const renewed = tokens.asked.filter(({ scope }) => scope === 'repository:infra-ci:pull')
    expect(renewed.length).toBe(2)
  })

  it('gives them for the identity token of the docker config', async () => {
    tokens.refreshToken = 'canary-refresh'
    const ran = await scan(registry.url, ['--recheck-delay=0', '--repositories=infra-ci'], holds('canary-refresh'))
    tokens.refreshToken = undefined
    expect(ran.code).toBe(1)
    expect(targetIn(ran)).toMatchObject({ complete: true, unchecked: [] })
    expect(ran.stdout + ran.stderr).not.toContain('canary')
  })

  it('gives none for an identity token that has ended: exit 4, and it says where it came from', async () => {
    tokens.refreshToken = 'another'
    const env = holds('canary-ended')
    const ran = await scan(registry.url, ['--repositories=infra-ci'], env)
    tokens.refreshToken = undefined
    expect(ran.code).toBe(4)
    const tried = `tried the identity token of ${env.DOCKER_CONFIG}/config.json, ${registry.host}`
    expect(targetIn(ran).error).toContain(`the token server answered 401; ${tried}`)
    expect(ran.stdout + ran.stderr).not.toContain('canary')
  })

  it('takes a token from a file that is exchanged in the middle of a scan', async () => {
    const file = join(directory, 'rotated')
    const access = [{ type: 'repository', name: 'infra-ci', actions: ['pull'] }]
    writeFileSync(file, `${tokenFor(access, certificate, -57)}\n`)
    // The first ends in 3 seconds, the second look comes in 5.
    const exchange = setTimeout(() => writeFileSync(file, tokenFor(access, certificate, 60)), 2500)
    const flags = [`--token-file=${file}`, '--recheck-delay=5s', '--repositories=infra-ci']
    const ran = await scan(registry.url, flags)
    clearTimeout(exchange)
    expect(ran.code).toBe(1)
    expect(targetIn(ran)).toMatchObject({ complete: true, unchecked: [] })
    expect(tokens.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([])
  })

  it('does not take a token that has ended: exit 4, and it names the file', async () => {
    const file = join(directory, 'ended')
    const ended = tokenFor([], certificate, -120)
    writeFileSync(file, ended)
    const ran = await scan(registry.url, [`--token-file=${file}`, '--repositories=infra-ci'])
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toMatch(/it answered 401 to \/v2\/: UNAUTHORIZED: /)
    expect(targetIn(ran).error).toContain(`; tried the token of ${file}`)
    expect(ran.stdout + ran.stderr).not.toContain(ended.slice(-20))
  })

  /** A docker config with an identity token for this registry. */
  function holds(identitytoken: string): { DOCKER_CONFIG: string } {
    const home = join(directory, `holds-${identitytoken.replace('canary-', '')}`)
    mkdirSync(home, { recursive: true })
    const entry = { auth: Buffer.from('<token>:').toString('base64'), identitytoken }
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [registry.host]: entry } }))
    return { DOCKER_CONFIG: home }
  }
})

describeWithServers(['docker-registry', 'openssl'], 'a registry behind TLS and a password', () => {
  let registry: RunningRegistry
  let url: string
  let ca: string

  beforeAll(async () => {
    const { cert, key } = makeCertificate(join(directory, 'tls'))
    const htpasswd = join(directory, 'htpasswd')
    writeFileSync(htpasswd, HTPASSWD)
    registry = await startRegistry({
      root: copyOfFixture('lawful-artifact', join(directory, 'behind-tls')),
      config: {
        http: { addr: '127.0.0.1:0', secret: 'for tests only', tls: { certificate: cert, key } },
        auth: { htpasswd: { realm: 'test', path: htpasswd } },
      },
    })
    url = `https://${registry.host}`
    ca = `--ca-file=${cert}`
  })

  afterAll(() => registry.stop())

  /** A docker config that knows this registry. */
  function knows(password: string): { DOCKER_CONFIG: string } {
    const home = join(directory, `knows-${password}`)
    mkdirSync(home, { recursive: true })
    const auth = Buffer.from(`me:${password}`).toString('base64')
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
    return { DOCKER_CONFIG: home }
  }

  it('is judged with the password of the docker config and the authority that is named', async () => {
    const ran = await scan(url, [ca], knows(PASSWORD))
    expect(ran.code).toBe(0)
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
    expect(ran.stdout + ran.stderr).not.toContain(PASSWORD)
  })

  it('is not trusted without that authority: exit 4, and the message differs from other failures', async () => {
    const ran = await scan(url, [], knows(PASSWORD))
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(/cannot be trusted \(TLS\)/)
  })

  it('is checked if its certificate need not be verified, and not if that is allowed for another host', async () => {
    const env = knows(PASSWORD)
    expect((await scan(url, [`--insecure-skip-verify=${registry.host}`], env)).code).toBe(0)
    expect((await scan(url, ['--insecure-skip-verify=127.0.0.2'], env)).code).toBe(4)
  })

  it('does not let a wrong password in: exit 4, and it says where the password came from, not what it is', async () => {
    const wrong = 'canary-wrong'
    const env = knows(wrong)
    const ran = await scan(url, [ca], env)
    expect(ran.code).toBe(4)
    expect(ran.stdout).toContain(`${env.DOCKER_CONFIG}/config.json, ${registry.host}`)
    expect(ran.stdout + ran.stderr).not.toMatch(/:canary-wrong|Y2FuYXJ5/)
  })

  it('lets nobody in without one: exit 4', async () => {
    const ran = await scan(url, [ca])
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(/denied access: it answered 401 to \/v2\/: UNAUTHORIZED: .*; no credential was found/)
  })
})
