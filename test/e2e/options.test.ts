import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { removeWhole } from '../support/builders/faults/damage-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, reportIn, scanJson, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const many = join(directory, 'many')
for (const name of ['app', 'app/worker', 'app/worker/1', 'web', 'web-2'])
  storeImage(storagePaths(many), name, image(`image of ${name}`))

describe('which repositories are scanned', () => {
  const list = join(directory, 'list')
  writeFileSync(list, '# ours\r\n\r\n  web*  \r\napp\r\n#app/**\r\n')

  it.each([
    ['all, unless told', [], ['app', 'app/worker', 'app/worker/1', 'web', 'web-2']],
    ['one by its name', ['--repositories', 'app'], ['app']],
    ['one that nests', ['--repositories', 'app/worker'], ['app/worker']],
    ['a star stays between slashes', ['--repositories', 'app/*'], ['app/worker']],
    ['two stars cross them', ['--repositories', 'app/**'], ['app', 'app/worker', 'app/worker/1']],
    ['a star of the top', ['--repositories', '*'], ['app', 'web', 'web-2']],
    ['several', ['--repositories', 'web', '--repositories', 'web-2'], ['web', 'web-2']],
    ['some from a file, with comments and empty lines', ['--repositories-from', list], ['app', 'web', 'web-2']],
    [
      'some from a file and one more',
      ['--repositories-from', list, '--repositories=app/worker'],
      ['app', 'app/worker', 'web', 'web-2'],
    ],
    ['all but some', ['--exclude', 'app/**'], ['web', 'web-2']],
    ['some of those named', ['--repositories', 'web*', '--exclude', 'web'], ['web-2']],
  ])('%s', async (_, flags, wanted) => {
    const ran = await scan([many], ...flags, '--all-tags')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(targetIn(ran).tags.map(({ repository }) => repository)).toEqual(wanted)
    expect(targetIn(ran).totals?.repositories).toBe(wanted.length)
  })

  it('damage in one that is left out is not reported', async () => {
    const damaged = fixture('child-deleted-by-gc-m')
    expect(await scan([damaged])).toMatchObject({ code: 1 })
    expect(await scan([damaged], '--exclude', 'infra-ci')).toMatchObject({ code: 0 })
    expect(await scan([damaged], '--repositories', 'infra-ci')).toMatchObject({ code: 1 })
  })
})

describe('what is declared as allowed', () => {
  const cache = fixture('pull-through-cache-without-schedule')
  const sparse = fixture('sparse-index')

  it.each([
    ['a cache, where nobody says so', [cache], [], 1],
    ['a cache, where all are', [cache], ['--pull-through'], 0],
    ['a cache by its name', [cache], ['--pull-through=pull-through-cache-without-schedule'], 0],
    ['a cache by the name it is given', [cache], ['--registry', 'hub', '--pull-through=hub'], 0],
    ['not a cache of another name', [cache, sparse], ['--pull-through=sparse-index'], 1],
    [
      'a cache beside a registry that is none',
      [cache, sparse],
      ['--pull-through=pull-through-cache-without-schedule'],
      1,
    ],
    ['a sparse repository, where nobody says so', [sparse], [], 1],
    ['a sparse repository', [sparse], ['--sparse', 'mirror/*'], 0],
    [
      'both, each by its own flag',
      [cache, sparse],
      ['--pull-through=pull-through-cache-without-schedule', '--sparse=mirror/**'],
      0,
    ],
  ] as const)('%s', async (_, targets, flags, code) => {
    expect(await scan(targets, ...flags)).toMatchObject({ code, stderr: '' })
  })

  it('not a repository of another name, and --sparse says that there is none of that name', async () => {
    const ran = await scan([sparse], '--sparse', 'app')
    expect(ran).toMatchObject({ code: 1, stderr: 'regfsck: --sparse: "app" matches no repository\n' })
  })

  it('--pull-through alone does not take the target for a name', async () => {
    expect(await regfsckHere(['scan', '--recheck-delay=0', '--pull-through', cache])).toMatchObject({ code: 0 })
  })
})

describe('what counts, and how much', () => {
  it.each([
    ['a revision without a tag is a warning', 'untagged-revision-lost-a-layer', [], 0],
    ['a warning fails where it should', 'untagged-revision-lost-a-layer', ['--fail-on', 'warning'], 1],
    ['every revision counts on the storage of Harbor', 'untagged-revision-lost-a-layer', ['--roots', 'revisions'], 1],
    ['an error fails', 'layer-blob-missing', [], 1],
    ['an error fails where warnings do', 'layer-blob-missing', ['--fail-on', 'warning'], 1],
    ['nothing fails where nothing should', 'layer-blob-missing', ['--fail-on', 'never'], 0],
    ['2.8 serves schema 1', 'schema1-manifest', ['--engine', '2.8'], 0],
    ['3.x does not', 'schema1-manifest', ['--engine', '3'], 1],
    ['so not all do', 'schema1-manifest', ['--engine', 'all'], 1],
    ['all serve what is whole', 'lawful-artifact', ['--engine', 'all'], 0],
    ['what takes up space does not fail', 'garbage', ['--garbage', '--fail-on', 'warning'], 0],
  ] as const)('%s', async (_, name, flags, code) => {
    expect(await scan([fixture(name)], ...flags)).toMatchObject({ code, stderr: '' })
  })

  it('the verdict says damaged even where damage is not to fail', async () => {
    expect(reportIn(await scan([fixture('layer-blob-missing')], '--fail-on', 'never')).verdict).toBe('damaged')
  })
})

describe('--all-tags', () => {
  it('lists intact tags too, which are left out without it', async () => {
    expect(targetIn(await scan([many])).tags).toEqual([])
    expect(new Set(targetIn(await scan([many], '--all-tags')).tags.map(({ verdict }) => verdict))).toEqual(
      new Set(['intact']),
    )
  })
})

describe('--deadline', () => {
  it('ends a run, which is then incomplete', async () => {
    const ran = await scanJson([many], ['--deadline', '1ms'])
    expect(ran).toMatchObject({ code: 3, stderr: '' })
    expect(targetIn(ran).complete).toBe(false)
  })

  it('ends the wait before the second look; what was found by then is reported as not confirmed', async () => {
    const ran = await regfsckHere([
      ...['scan', '--output', 'json', '--deadline', '4s', '--recheck-delay', '1h', fixture('layer-blob-missing')],
    ])
    expect(ran.code).toBe(3)
    expect(ran.took).toBeLessThan(10_000)
    expect(targetIn(ran).complete).toBe(false)
    expect(targetIn(ran).findings).toEqual([expect.objectContaining({ code: 'layer-missing', confirmed: false })])
  })

  it.each(['1h', '30d', '60d'])('that is as far away as %s changes nothing', async (deadline) => {
    expect(await scan([many], '--deadline', deadline)).toMatchObject({ code: 0 })
  })
})

describe('--recheck-delay', () => {
  it('is waited for where something is suspect, and not where nothing is', async () => {
    const delay = (target: string) => regfsckHere(['scan', '--recheck-delay', '600ms', target])
    expect((await delay(fixture('layer-blob-missing'))).took).toBeGreaterThan(600)
    expect((await delay(many)).took).toBeLessThan(600)
  })

  it('gives what is written in that time its chance', async () => {
    const root = join(directory, 'in-the-middle-of-a-push')
    const at = storagePaths(root)
    const node = image('pushed')
    const late = node.layers[0]
    if (!late) throw new Error('an image without layers')
    storeImage(at, 'app', node)
    removeWhole(at.data(late.descriptor.digest))
    const ran = regfsckHere(['scan', '--output=json', '--recheck-delay', '1s', root])
    setTimeout(() => storeImage(at, 'app', node), 400)
    expect(await ran).toMatchObject({ code: 0 })
    expect(targetIn(await ran)).toMatchObject({ complete: true, findings: [], tags: [] })
  })
})

function scan(targets: readonly string[], ...flags: readonly string[]): Promise<Ran> {
  return regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', ...flags, ...targets])
}
