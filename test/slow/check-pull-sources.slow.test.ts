import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
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
const halfMirrored = image('half-mirrored')
const old = image('old')
const DEAD = '127.0.0.1:9'

describeWithServers(['docker-registry'], 'regfsck check with the files of container runtimes', () => {
  let registry: RunningRegistry
  let mirror: RunningRegistry

  beforeAll(async () => {
    const roots = { registry: join(scratch(), 'registry'), mirror: join(scratch(), 'mirror') }
    registry = await startRegistry({ root: roots.registry, config: ACCESS_LOG })
    mirror = await startRegistry({ root: roots.mirror, config: ACCESS_LOG })
    const at = { url: registry.url, repository: 'team/app' }
    // containerd asks a mirror for the same name, podman for a rewritten one.
    for (const repository of ['team/app', 'copies/app']) {
      const copy = { url: mirror.url, repository }
      await push(copy, both, 'both')
      await push(copy, onlyMirror, 'only-mirror')
      await push(copy, halfMirrored, 'half-mirrored')
      await push(copy, old, 'moved')
    }
    await push(at, both, 'both')
    await push(at, onlyRegistry, 'only-registry')
    await push(at, halfMirrored, 'half-mirrored')
    await push(at, both, 'moved')
    rmSync(storagePaths(roots.mirror).data(halfMirrored.layers[0]?.descriptor.digest ?? ''))
  })

  afterAll(async () => {
    await Promise.all([registry, mirror].map((each) => each.stop()))
  })

  /** @param hosts in order, before the registry */
  function containerd(hosts: readonly string[]): string {
    const root = scratch()
    const [name, port] = registry.host.split(':')
    mkdirSync(join(root, `${name}_${port}_`))
    writeFileSync(join(root, `${name}_${port}_`, 'hosts.toml'), hosts.map((url) => `[host."${url}"]\n`).join(''))
    return `--hosts-dir=${root}`
  }

  function podman(hosts: readonly string[], more = ''): string {
    const file = join(scratch(), 'registries.conf')
    const mirrors = hosts.map((host) => `[[registry.mirror]]\nlocation = "${host}/copies"\ninsecure = true\n`)
    writeFileSync(file, 'unqualified-search-registries = ["docker.io"]\n')
    mkdirSync(`${file}.d`)
    const table = `[[registry]]\nprefix = "${registry.host}/team"\nlocation = "${registry.host}/team"\ninsecure = true\n`
    writeFileSync(join(`${file}.d`, '10-mirrors.conf'), `${table}${more}\n${mirrors.join('')}`)
    return `--registries-conf=${file}`
  }

  async function check(flag: string, tag: string) {
    const args = ['check', '--recheck-delay=0', '--output=json', '--request-timeout=5s', flag]
    return regfsck([...args, `${registry.host}/team/app:${tag}`], { env: { HOME: scratch() } })
  }

  it.each([
    ['containerd', 'both', 'mirror'],
    ['containerd', 'only-mirror', 'mirror'],
    ['containerd', 'only-registry', 'registry'],
    ['containerd', 'half-mirrored', 'both'],
    ['podman', 'both', 'mirror'],
    ['podman', 'only-mirror', 'mirror'],
    ['podman', 'only-registry', 'registry'],
  ] as const)('%s pulls %s through the %s', async (runtime, tag, by) => {
    const hosts = runtime === 'containerd' ? [`http://${DEAD}`, mirror.url] : [DEAD, mirror.host]
    const ran = await check(runtime === 'containerd' ? containerd(hosts) : podman(hosts), tag)
    const servedBy = { mirror: [mirror.url], registry: [registry.url], both: [mirror.url, registry.url].sort() }[by]
    expect(ran.code).toBe(0)
    expect(reportIn(ran).targets[0]?.tags).toMatchObject([{ verdict: 'intact', servedBy }])
  })

  it('podman cannot pull what its first source has only half of', async () => {
    const ran = await check(podman([mirror.host]), 'half-mirrored')
    expect(ran.code).toBe(1)
    expect(reportIn(ran).targets[0]?.findings).toMatchObject([{ code: 'layer-missing' }])
    expect((await check(podman([mirror.host], 'mirror-by-digest-only = true'), 'half-mirrored')).code).toBe(0)
  })

  it.each([containerd, podman])(
    'takes the tag of the first source, where the registry has moved on',
    async (runtime) => {
      const first = runtime === containerd ? mirror.url : mirror.host
      const ran = await check(runtime([first]), 'moved')
      expect(reportIn(ran).targets[0]?.tags).toMatchObject([{ digest: old.descriptor.digest }])
      expect(reportIn(await check(runtime([]), 'moved')).targets[0]?.tags).toMatchObject([
        { digest: both.descriptor.digest },
      ])
    },
  )

  it('is incomplete if a source is away and no other has the image; nobody has it: 1', async () => {
    expect((await check(containerd([`http://${DEAD}`]), 'never')).code).toBe(3)
    expect((await check(podman([DEAD]), 'never')).code).toBe(3)
    expect((await check(containerd([mirror.url]), 'never')).code).toBe(1)
    expect((await check(podman([mirror.host]), 'never')).code).toBe(1)
  })

  it('names the registry to a mirror as containerd does, and not as podman does not', async () => {
    await check(containerd([mirror.url]), 'both')
    expect((await requestsTo(mirror)).at(-1)?.uri).toContain(`?ns=${encodeURIComponent(registry.host)}`)
    await check(podman([mirror.host]), 'both')
    expect((await requestsTo(mirror)).at(-1)?.uri).toMatch(/^\/v2\/copies\/app\/[^?]*$/)
  })

  it('pins what a source has, and nothing of what is blocked', async () => {
    const file = join(scratch(), 'images.txt')
    writeFileSync(file, `${registry.host}/team/app:only-mirror\n`)
    const pin = (flag: string) => regfsck(['pin', '--recheck-delay=0', '--from', file, '--from-type=list', flag])
    expect(await pin(containerd([mirror.url]))).toMatchObject({
      code: 0,
      stdout: `${registry.host}/team/app:only-mirror@${onlyMirror.descriptor.digest}\n`,
    })
    expect(await pin(podman([mirror.host], 'blocked = true'))).toMatchObject({ code: 1, stdout: '' })
  })
})
