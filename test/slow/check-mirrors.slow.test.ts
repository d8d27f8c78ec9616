import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck, reportIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const both = image('both')
const onlyMirror = image('only-mirror')
const onlyRegistry = image('only-registry')
const damaged = image('damaged')
/** By the bcrypt that the reference server asks for. */
const HTPASSWD = 'me:$2y$05$abcdefghijklmnopqrstuuTvmw3qcMpAvEgQGhbFMhqjD3R/evDDW\n'

describeWithServers(['docker-registry'], 'regfsck check --mirror', () => {
  let registry: RunningRegistry
  let mirror: RunningRegistry
  /** The registry's storage, behind a password. */
  let locked: RunningRegistry

  beforeAll(async () => {
    const roots = { registry: join(scratch(), 'registry'), mirror: join(scratch(), 'mirror') }
    registry = await startRegistry({ root: roots.registry, config: ACCESS_LOG })
    mirror = await startRegistry({ root: roots.mirror, config: ACCESS_LOG })
    const htpasswd = join(scratch(), 'htpasswd')
    writeFileSync(htpasswd, HTPASSWD)
    const auth = { htpasswd: { realm: 'test', path: htpasswd } }
    locked = await startRegistry({ root: roots.registry, config: { ...ACCESS_LOG, auth } })
    const at = { url: registry.url, repository: 'team/app' }
    const copy = { url: mirror.url, repository: 'team/app' }
    for (const place of [at, copy]) {
      await push(place, both, 'both')
      await push(place, damaged, 'damaged')
    }
    await push(copy, onlyMirror, 'only-mirror')
    await push(at, onlyRegistry, 'only-registry')
    rmSync(storagePaths(roots.registry).data(damaged.layers[0]?.descriptor.digest ?? ''))
  })

  afterAll(async () => {
    await Promise.all([registry, mirror, locked].map((each) => each.stop()))
  })

  async function check(tag: string, mirrors: readonly string[], at = registry.host, env: Record<string, string> = {}) {
    const flags = mirrors.map((url) => `--mirror=${at}=${url}`)
    const args = ['check', '--recheck-delay=0', '--output=json', '--request-timeout=5s', ...flags]
    const ran = await regfsck([...args, `${at}/team/app:${tag}`], { env: { HOME: scratch(), ...env } })
    expect(ran.stdout + ran.stderr).not.toMatch(/canary|Y2FuYXJ5/)
    return ran
  }

  it('asks the mirror first, and the registry for nothing that the mirror has', async () => {
    const before = (await requestsTo(registry)).length
    const ran = await check('both', [mirror.url])
    expect(ran.code).toBe(0)
    expect(reportIn(ran).targets[0]?.tags).toMatchObject([{ verdict: 'intact', servedBy: [mirror.url] }])
    expect((await requestsTo(registry)).length).toBe(before)
    expect((await requestsTo(mirror)).at(-1)?.uri).toContain(`?ns=${encodeURIComponent(registry.host)}`)
  })

  it('says in the table who served an image', async () => {
    const ran = await regfsck(['check', `--mirror=${registry.host}=${mirror.url}`, `${registry.host}/team/app:both`])
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining(`served by ${mirror.url}`) })
    expect(ran.stdout).toBe(`${registry.host}/team/app@${both.descriptor.digest}\n`)
  })

  it.each([
    ['an image that only the mirror has', 'only-mirror', () => mirror.url],
    ['an image that only the registry has', 'only-registry', () => registry.url],
    ['an image that is damaged in the registry and whole in the mirror', 'damaged', () => mirror.url],
  ])('can pull %s, and names who served it', async (_, tag, by) => {
    const ran = await check(tag, [mirror.url])
    expect(ran.code).toBe(0)
    expect(reportIn(ran).targets[0]?.tags).toMatchObject([{ verdict: 'intact', servedBy: [by()] }])
  })

  it('reports what neither has', async () => {
    const ran = await check('never', [mirror.url])
    expect(ran.code).toBe(1)
    expect(reportIn(ran).targets[0]?.findings).toMatchObject([{ code: 'tag-dangling' }])
    expect((await check('damaged', [])).code).toBe(1)
  })

  it('goes on to the next mirror and to the registry if one does not answer', async () => {
    const dead = 'http://127.0.0.1:9'
    expect((await check('only-mirror', [dead, mirror.url])).code).toBe(0)
    expect((await check('both', [dead])).code).toBe(0)
  })

  it('is incomplete if a mirror does not answer and nobody else has the image, or if nobody answers', async () => {
    const dead = 'http://127.0.0.1:9'
    expect((await check('never', [dead])).code).toBe(3)
    const none = await check('both', [dead], '127.0.0.1:9')
    expect([3, 4]).toContain(none.code)
  })

  it('never sends the password of the registry to a mirror', async () => {
    const login = (key: string): string =>
      JSON.stringify({ auths: { [key]: { auth: Buffer.from('me:canary-password').toString('base64') } } })
    const config = (key: string): Record<string, string> => {
      const file = join(scratch(), 'config.json')
      writeFileSync(file, login(key))
      return { REGISTRY_AUTH_FILE: file }
    }
    // The mirror asks for a password, and the docker config has one for the registry alone.
    const ofRegistry = await check('both', [locked.url], registry.host, config(registry.host))
    expect(reportIn(ofRegistry).targets[0]?.tags).toMatchObject([{ servedBy: [registry.url] }])
    const ofMirror = await check('only-registry', [locked.url], registry.host, config(locked.host))
    expect(reportIn(ofMirror).targets[0]?.tags).toMatchObject([{ servedBy: [locked.url] }])
  })

  it('refuses a token for the registry beside a mirror, which would get it too', async () => {
    const token = join(scratch(), 'token')
    writeFileSync(token, 'canary')
    const args = ['check', `--token-file=${token}`, `--mirror=${registry.host}=${mirror.url}`]
    const ran = await regfsck([...args, `${registry.host}/team/app:both`])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--token-file') })
  })

  it('lets pin pin what only a mirror has', async () => {
    const folder = scratch()
    const file = join(folder, 'images.txt')
    writeFileSync(file, `${registry.host}/team/app:only-mirror\n`)
    const pin = (...args: readonly string[]) =>
      regfsck(['pin', '--recheck-delay=0', '--from', file, '--from-type=list', ...args])
    expect((await pin()).code).toBe(1)
    expect(await pin(`--mirror=${registry.host}=${mirror.url}`)).toMatchObject({
      code: 0,
      stdout: `${registry.host}/team/app:only-mirror@${onlyMirror.descriptor.digest}\n`,
    })
  })

  it.each([
    'docker.io',
    'docker.io=mirror.example.com',
    'docker.io=https://me:canary@mirror.example.com',
    'docker.io=ftp://mirror.example.com',
    'name=https://mirror.example.com',
    'docker.io=https://mirror.example.com/?a=b',
  ])('refuses --mirror %s', async (text) => {
    const ran = await regfsck(['check', `--mirror=${text}`, 'docker.io/library/busybox:1'])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--mirror: expected REGISTRY=URL') })
    expect(ran.stderr).not.toContain('canary')
  })
})
