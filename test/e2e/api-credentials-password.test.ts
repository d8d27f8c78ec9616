import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const directory = scratch()
const PASSWORD = 'canary-password'
/** By the bcrypt that the reference server asks for. */
const HTPASSWD = 'me:$2y$05$abcdefghijklmnopqrstuuTvmw3qcMpAvEgQGhbFMhqjD3R/evDDW\n'

describeWithServers(['docker-registry'], 'a registry that asks for a password', () => {
  let registry: RunningRegistry
  let open: RunningRegistry
  let count = 0

  beforeAll(async () => {
    const htpasswd = join(directory, 'htpasswd')
    writeFileSync(htpasswd, HTPASSWD)
    registry = await startRegistry({
      root: copyOfFixture('lawful-artifact', join(directory, 'registry')),
      config: { auth: { htpasswd: { realm: 'test', path: htpasswd } } },
    })
    open = await startRegistry({ root: copyOfFixture('lawful-artifact', join(directory, 'open')) })
  })

  afterAll(async () => {
    await registry.stop()
    await open.stop()
  })

  async function scan(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const flags = ['--output=json', '--all-tags', '--log-level=trace']
    const ran = await regfsck(['scan', ...flags, ...args, registry.url], { env: { HOME: directory, ...env } })
    expect(ran.stdout + ran.stderr).not.toMatch(/canary|Y2FuYXJ5/)
    return ran
  }

  /** Write a file into a directory of its own. */
  function write(name: string, content: string): { readonly room: string; readonly file: string } {
    const room = join(directory, String(count++))
    const file = join(room, name)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, content)
    return { room, file }
  }

  const auths = (key: string, password = PASSWORD): string =>
    JSON.stringify({ auths: { [key]: { auth: Buffer.from(`me:${password}`).toString('base64') } } })

  it('finds it in a .dockerconfigjson that is mounted as a directory', async () => {
    const { room } = write('.dockerconfigjson', auths(registry.host))
    expect((await scan({ DOCKER_CONFIG: room })).code).toBe(0)
  })

  it('finds it in a .dockerconfigjson that REGISTRY_AUTH_FILE names', async () => {
    const { file } = write('.dockerconfigjson', auths(registry.host))
    expect((await scan({ REGISTRY_AUTH_FILE: file })).code).toBe(0)
  })

  it("finds it in podman's file", async () => {
    const { room } = write('containers/auth.json', auths(registry.host))
    expect((await scan({ XDG_RUNTIME_DIR: room })).code).toBe(0)
  })

  it('is not read where REGISTRY_AUTH_FILE names nothing: exit 4, and it says so', async () => {
    const ran = await scan({ REGISTRY_AUTH_FILE: join(directory, 'nowhere') })
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toBe(`REGISTRY_AUTH_FILE names ${join(directory, 'nowhere')}, which does not exist`)
  })

  it('is not sent a password for a part of it: exit 4, and the message says that there is one', async () => {
    const { file } = write('auth.json', auths(`${registry.host}/team`))
    const ran = await scan({ REGISTRY_AUTH_FILE: file })
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toContain(
      `no credential was found for it: that of ${file} for ${registry.host}/team is not for the whole host`,
    )
  })

  it('does not take a wrong one: exit 4, and it says where it came from', async () => {
    const { file } = write('auth.json', auths(registry.host, 'canary-wrong'))
    const ran = await scan({ REGISTRY_AUTH_FILE: file })
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toContain(`tried the password of ${file}, ${registry.host}`)
  })

  /** A docker config that names a helper, and the helper on the PATH; simulated, as a shell script. */
  function withHelper(script: string) {
    const { room, file } = write('docker-credential-test', `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    const config = JSON.stringify({ auths: { [registry.host]: {} }, credsStore: 'test' })
    const { room: home } = write('config.json', config)
    return { DOCKER_CONFIG: home, PATH: `${room}:${process.env['PATH']}` }
  }
  const knows = (password: string) => `read -r host; echo '{"Username":"me","Secret":"${password}"}'`

  it('is sent what a credential helper prints, if it may run', async () => {
    const env = withHelper(knows(PASSWORD))
    expect((await scan(env, '--credential-helpers')).code).toBe(0)
    expect((await scan({ ...env, REGFSCK_CREDENTIAL_HELPERS: '1' })).code).toBe(0)
  })

  it('is sent nothing of a helper that may not run: exit 4, and the message says how to allow it', async () => {
    const env = withHelper(`${knows(PASSWORD)}; touch ${join(directory, 'was-run')}`)
    for (const more of [{}, { REGFSCK_CREDENTIAL_HELPERS: '0' }]) {
      const ran = await scan({ ...env, ...more })
      expect(ran.code).toBe(4)
      expect(targetIn(ran).error).toContain(
        `it may be in the credential helper "test" (${env.DOCKER_CONFIG}/config.json): use --credential-helpers to run it`,
      )
    }
    const image = `${registry.url}/anything:latest`
    const checked = await regfsck(['check', image], { env: { ...env, REGFSCK_CREDENTIAL_HELPERS: 'no' } })
    expect(checked.stderr).toMatch(/use --credential-helpers/)
  })

  it('does not take what a helper says: exit 4, and the helper is named', async () => {
    const ran = await scan(withHelper(knows('canary-wrong')), '--credential-helpers')
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toContain('tried the password of the credential helper "test" (')
  })

  it('cannot be read where its helper fails, and the other targets are', async () => {
    const env = withHelper('echo canary-secret; echo canary-secret >&2; exit 1')
    const ran = await scan(env, '--credential-helpers', open.url)
    expect(ran.code).toBe(3)
    const { targets } = JSON.parse(ran.stdout) as { targets: readonly { error?: string; complete: boolean }[] }
    expect(targets.map(({ complete }) => complete)).toEqual([true, false])
    expect(targets[1]?.error).toMatch(/the credential helper "test" \(.*\) ended with 1; to see why: echo /)
    expect((await scan(env, '--credential-helpers')).code).toBe(4)
  })
})
