import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attestationFor, image, index, layer, type ManifestNode } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, regfsck, reportIn, type SaidFinding } from '../support/command/run.ts'
import { regfsckIn } from '../support/command/run-in-directory.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { proxyBefore } from '../support/simulated/reverse-proxy.ts'

const root = join(scratch(), 'registry')
const REPOSITORY = 'team/app'
const ALGORITHM = 'sha256:'

/** An image for two platforms. */
function build(name: string) {
  const amd64 = image(`${name} amd64`, { platform: 'linux/amd64' })
  const arm64 = image(`${name} arm64`, { platform: 'linux/arm64' })
  return { amd64, arm64, whole: index([amd64, arm64]) }
}

const old = build('yesterday')
const now = build('today')
const attested = index([now.amd64, now.arm64, attestationFor(now.amd64)])
const halfNew = index([now.amd64, old.arm64])
/** Indexes without the other platform. */
const onlyArm64 = { old: index([old.arm64]), now: index([now.arm64]) }
const gone = image('gone')
const damaged = image('damaged', { layers: [layer('lost')] })

describeWithServers(['docker-registry'], 'what runs, compared with its tag', () => {
  let registry: RunningRegistry
  let host: string
  const place = (repository = REPOSITORY) => ({ url: registry.url, repository })

  beforeAll(async () => {
    registry = await startRegistry({ root, config: ACCESS_LOG })
    host = registry.host
    for (const node of [old.whole, attested, halfNew, onlyArm64.old, onlyArm64.now, gone, damaged])
      await push(place(), node)
    await push(place(), now.whole, '1.4')
    await push(place('team/other'), old.whole, '1.4')
    const stored = storagePaths(root)
    rmSync(stored.revisionLink(REPOSITORY, digestOf(gone)))
    rmSync(stored.data(digestOf(gone)))
    rmSync(stored.data(gone.config.descriptor.digest))
    rmSync(stored.data(damaged.layers[0]?.descriptor.digest ?? ''))
  })

  afterAll(() => registry.stop())

  /**
   * Checks pods that want a reference, with what their containers say that runs. Without `http://` each run would first find
   * out whether the host speaks TLS, for which a busy machine may take too long.
   */
  async function check(
    ids: readonly string[],
    { args = [], wants = `${REPOSITORY}:1.4`, at = host }: { args?: string[]; wants?: string; at?: string } = {},
  ): Promise<Ran> {
    const directory = scratch()
    writeFileSync(join(directory, 'pods.json'), podsWith(`http://${at}/${wants}`, ids))
    return regfsckIn(directory, ['check', '--recheck-delay=0', '--output=json', '--from=pods.json', ...args])
  }

  it('says nothing where the image runs, by whatever name', async () => {
    const ids = [
      `${host}/${REPOSITORY}@${digestOf(now.whole)}`,
      `docker-pullable://${host}/${REPOSITORY}@${digestOf(now.whole)}`,
      `${host}/${REPOSITORY}@${digestOf(now.arm64)}`,
      configOf(now.amd64),
      `docker://${configOf(now.amd64)}`,
      configOf(now.arm64).slice(ALGORITHM.length),
      `mirror.example.com/app@${digestOf(now.whole)}`,
      // The same image but for an attestation.
      `${host}/${REPOSITORY}@${digestOf(attested)}`,
      '',
    ]
    const ran = await check(ids, { args: ['--moved=error'] })
    expect([ran.code, codesIn(ran), uncheckedIn(ran)]).toEqual([0, ['image-unpinned'], []])
  })

  it('says nothing of a config of a platform that was not checked', async () => {
    const ran = await check([configOf(now.arm64)], { args: ['--platform', 'linux/amd64'] })
    expect([ran.code, codesIn(ran), uncheckedIn(ran)]).toEqual([0, ['image-unpinned'], []])
  })

  it.each([
    ['silent where the tag has it', onlyArm64.now, []],
    ['moved where it does not', onlyArm64.old, ['image-moved']],
  ])('an index that runs without the platform that was checked is %s', async (_, runs, codes) => {
    const ran = await check([`${host}/${REPOSITORY}@${digestOf(runs)}`], { args: ['--platform', 'linux/amd64'] })
    expect([ran.code, codesIn(ran), uncheckedIn(ran)]).toEqual([0, [...codes, 'image-unpinned'], []])
  })

  it.each([
    ['manifests', () => [digestOf(old.whole), digestOf(old.amd64)], 'another-digest'],
    ['configs', () => [configOf(old.amd64)], 'another-config'],
  ])('reports that the tag has moved where other %s run', async (kind, digests, cause) => {
    const ran = await check(
      digests().map((digest) => (kind === 'configs' ? digest : `${host}/${REPOSITORY}@${digest}`)),
    )
    expect(ran.code).toBe(0)
    expect(codesIn(ran)).toEqual(['image-moved', 'image-unpinned'])
    expect(findingsIn(ran)[0]).toMatchObject({
      cause,
      severity: 'warning',
      repository: REPOSITORY,
      tag: '1.4',
      evidence: {
        digest: digestOf(now.whole),
        running: digests().map((digest, n) => ({ digest, usedBy: [use(n)] })),
      },
    })
  })

  it.each([
    ['error', 1, ['image-moved', 'image-unpinned']],
    ['ok', 0, ['image-unpinned']],
  ])('--moved %s', async (word, code, codes) => {
    const ran = await check([`${host}/${REPOSITORY}@${digestOf(old.whole)}`], { args: ['--moved', word] })
    expect([ran.code, codesIn(ran)]).toEqual([code, codes])
  })

  it('names every digest that runs in one finding, and asks for each once', async () => {
    const ids = [digestOf(old.whole), digestOf(old.amd64), digestOf(old.whole), digestOf(now.whole)]
    const ran = await check(ids.map((digest) => `${host}/${REPOSITORY}@${digest}`))
    const [moved] = findingsIn(ran)
    expect(moved?.evidence).toMatchObject({
      running: [
        { digest: digestOf(old.whole), usedBy: [use(0), use(2)] },
        { digest: digestOf(old.amd64), usedBy: [use(1)] },
      ],
    })
    expect(moved?.message).toContain(`The tag is now ${digestOf(now.whole)}`)
    expect(moved?.message).toContain(`${digestOf(old.whole)} (${use(0)}; ${use(2)})`)
  })

  it('reports that running images are gone, wholly or in part', async () => {
    const ids = [
      `${host}/${REPOSITORY}@${digestOf(gone)}`,
      `${host}/${REPOSITORY}@${digestOf(damaged)}`,
      gone.config.descriptor.digest,
    ]
    const ran = await check(ids)
    expect(ran.code).toBe(1)
    const found = findingsIn(ran)
    expect(found.map(({ code, cause }) => `${code} ${cause}`)).toEqual([
      'running-image-gone not-served',
      'running-image-gone damaged',
      'running-image-gone config-not-served',
      'image-moved another-config',
      'image-unpinned floating-tag',
    ])
    for (const [n, id] of ids.entries())
      expect(found[n]).toMatchObject({
        severity: 'error',
        digest: id.slice(id.indexOf(ALGORITHM)),
        tags: ['1.4'],
        confirmed: true,
        evidence: { usedBy: [use(n)], digest: digestOf(now.whole) },
      })
    const moved = await check(ids, { args: ['--moved=ok'] })
    expect(codesIn(moved).filter((code) => code !== 'running-image-gone')).toEqual(['image-unpinned'])
  })

  it('reports it beside an image that cannot be pulled, and not if what runs is still there', async () => {
    const lost = await check([`${host}/${REPOSITORY}@${digestOf(gone)}`], { wants: `${REPOSITORY}@${digestOf(gone)}` })
    expect(codesIn(lost)).toEqual(['tag-dangling', 'running-image-gone', 'image-unpullable'])
    const untagged = await check([`${host}/${REPOSITORY}@${digestOf(old.whole)}`], { wants: `${REPOSITORY}:deleted` })
    expect(codesIn(untagged)).toEqual(['tag-dangling', 'image-unpullable'])
    expect(findingsIn(untagged)[1]?.evidence).toMatchObject({ because: ['tag-dangling'] })
    const both = await check([`${host}/${REPOSITORY}@${digestOf(gone)}`], { wants: `${REPOSITORY}:deleted` })
    expect(codesIn(both)).toEqual(['tag-dangling', 'running-image-gone', 'image-unpullable'])
  })

  it('calls what no registry knows unchecked, never moved', async () => {
    const ids = [
      `docker://${configOf(old.amd64)}`,
      configOf(old.amd64).slice(ALGORITHM.length),
      `docker.io/library/import-2026-03-01@${digestOf(old.whole)}`,
      'rubbish',
      `mirror.example.com/app@${digestOf(gone)}`,
      `${host}/${REPOSITORY}@${digestOf(halfNew)}`,
    ]
    const ran = await check(ids)
    expect([ran.code, codesIn(ran)]).toEqual([3, ['image-unpinned']])
    expect(uncheckedIn(ran)).toEqual(ids.map((_, n) => expect.stringContaining(`RUNNING_UNKNOWN ${use(n)}: `)))
  })

  it('knows for one platform whether it is the same image', async () => {
    const half = [`${host}/${REPOSITORY}@${digestOf(halfNew)}`]
    const same = await check(half, { args: ['--platform', 'linux/amd64'] })
    expect([same.code, codesIn(same)]).toEqual([0, ['image-unpinned']])
    const other = await check(half, { args: ['--platform', 'linux/arm64'] })
    expect([other.code, codesIn(other)]).toEqual([0, ['image-moved', 'image-unpinned']])
  })

  it('does not compare names of one machine with --moved ok, nor beside a digest, which cannot move', async () => {
    const local = [`docker://${configOf(old.amd64)}`]
    expect((await check(local, { args: ['--moved=ok'] })).code).toBe(0)
    const pinned = { wants: `${REPOSITORY}:1.4@${digestOf(now.whole)}` }
    const all = [...local, `${host}/${REPOSITORY}@${digestOf(old.whole)}`, configOf(old.arm64)]
    expect(await check(all, pinned)).toMatchObject({ code: 0 })
  })

  it.each([403, 500])('is incomplete where the registry answers %i for what runs', async (status) => {
    const running = digestOf(old.whole)
    const proxy = await proxyBefore(registry.url, (path) => (path.includes(running) ? status : undefined))
    try {
      const at = new URL(proxy.url).host
      const ran = await check([`${at}/${REPOSITORY}@${running}`], { at, args: ['--request-timeout=2s'] })
      expect([ran.code, codesIn(ran)]).toEqual([3, ['image-unpinned']])
      expect(uncheckedIn(ran)).toEqual([expect.stringMatching(/^STORE_(DENIED|SERVER_ERROR)/)])
    } finally {
      await proxy.stop()
    }
  })

  it('calls nothing gone that is there when it is checked again', async () => {
    const running = digestOf(old.whole)
    let looks = 0
    const proxy = await proxyBefore(registry.url, (path) => {
      if (path.endsWith('/manifests/1.4')) looks++
      return path.includes(running) && looks < 2 ? 404 : undefined
    })
    try {
      const at = new URL(proxy.url).host
      const ran = await check([`${at}/${REPOSITORY}@${running}`], { at })
      expect([ran.code, codesIn(ran), looks]).toEqual([0, ['image-moved', 'image-unpinned'], 2])
    } finally {
      await proxy.stop()
    }
  })

  it('asks no more of a registry where the image itself runs', async () => {
    const asked = async (ids: readonly string[]): Promise<number> => {
      const before = await requestsTo(registry)
      await check(ids)
      return (await requestsTo(registry)).length - before.length
    }
    const alone = await asked([''])
    expect(alone).toBeGreaterThan(5)
    expect(await asked([`${host}/${REPOSITORY}@${digestOf(now.arm64)}`, configOf(now.amd64)])).toBe(alone)
    expect(await asked([`${host}/${REPOSITORY}@${digestOf(old.arm64)}`])).toBeGreaterThan(alone)
  })

  it('refuses --moved without --from, and other words', async () => {
    expect(await regfsck(['check', 'app:1', '--moved=ok'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--moved: only works with --from'),
    })
    expect(await check([], { args: ['--moved=never'] })).toMatchObject({ code: 2 })
  })

  describe('the stories', () => {
    it('`compose up -d` is a no-op when the tag was pushed again, so yesterday’s image runs', async () => {
      const directory = scratch()
      const at = place('stories/shop')
      const text = `services:\n  web:\n    image: http://${host}/stories/shop:1.4\n`
      writeFileSync(join(directory, 'compose.yaml'), text)
      const proved = async (): Promise<string> =>
        (await regfsck(['check', '--from=compose.yaml'], { cwd: directory })).stdout.trim()
      await push(at, old.whole, '1.4')
      const yesterday = await proved()
      await push(at, now.whole, '1.4')
      // The text has not changed, so compose pulls nothing. What it would get has.
      expect([yesterday, await proved()]).toEqual(
        [old.whole, now.whole].map((node) => `${host}/stories/shop@${digestOf(node)}`),
      )
      const ran = await check([yesterday], { wants: 'stories/shop:1.4', args: ['--moved=error'] })
      expect([ran.code, codesIn(ran)]).toEqual([1, ['image-moved', 'image-unpinned']])
      expect(findingsIn(ran)[0]?.message).toContain(`The tag is now ${digestOf(now.whole)}`)
      expect(findingsIn(ran)[0]?.message).toContain(`Another image runs: ${digestOf(old.whole)}`)
      const deployed = await check([await proved()], { wants: 'stories/shop:1.4', args: ['--moved=error'] })
      expect([deployed.code, codesIn(deployed)]).toEqual([0, ['image-unpinned']])
    })

    it('a fleet restarted because the config digest was compared with the manifest digest: it stays as it is', async () => {
      const fleet = Array.from({ length: 50 }, (_, n) => configOf(n % 2 === 0 ? now.amd64 : now.arm64))
      expect(fleet).not.toContain(digestOf(now.whole))
      const ran = await check(fleet, { args: ['--moved=error', '--fail-on=warning'] })
      expect([ran.code, codesIn(ran), uncheckedIn(ran)]).toEqual([0, ['image-unpinned'], []])
      const behind = await check([...fleet, configOf(old.arm64)], { args: ['--moved=error'] })
      expect([behind.code, codesIn(behind)]).toEqual([1, ['image-moved', 'image-unpinned']])
      expect(findingsIn(behind)[0]?.evidence).toMatchObject({
        running: [{ digest: configOf(old.arm64), usedBy: [use(50)] }],
      })
      expect(existsSync(storagePaths(root).data(configOf(old.arm64)))).toBe(true)
    })
  })
})

function digestOf({ descriptor }: ManifestNode): string {
  return descriptor.digest
}

function configOf({ config }: ReturnType<typeof image>): string {
  return config.descriptor.digest
}

/** As `kubectl get pods -o json` prints them, on one line. */
function podsWith(reference: string, ids: readonly string[]): string {
  const items = ids.map((imageID, n) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `web-${n}`, namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: reference }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', image: reference, imageID }] },
  }))
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

function use(n: number): string {
  return `pods.json:1: Pod shop/web-${n}, container app`
}

function findingsIn(ran: Ran): readonly (SaidFinding & { readonly message?: string; readonly evidence?: unknown })[] {
  return reportIn(ran).targets.flatMap(({ findings }) => findings)
}

function codesIn(ran: Ran): readonly string[] {
  return findingsIn(ran).map(({ code }) => code)
}

function uncheckedIn(ran: Ran): readonly string[] {
  return reportIn(ran).targets.flatMap(({ unchecked }) =>
    unchecked.map(({ because, detail }) => `${because} ${detail ?? ''}`),
  )
}
