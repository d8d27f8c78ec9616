import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { write } from '../support/builders/faults/damage-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { describedBy, digestOf, image, index, layer } from '../support/builders/images.ts'
import { deleteManifest, push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { halfDeleted } from '../support/oracles/half-deleted.ts'
import { unreferencedBlobs } from '../support/oracles/unreferenced-blobs.ts'
import { scratch } from '../support/scratch.ts'
import { seeded } from '../support/seeded.ts'
import { withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const kept = image('kept')
const gone = image('gone', { layers: [layer('one', 100), layer('two', 200)] })
const digest = gone.descriptor.digest
const layerDigest = gone.layers[0]?.descriptor.digest ?? ''
/** The manifest, its config and its two layers. */
const four = [gone, gone.config, ...gone.layers].map(({ bytes }) => digestOf(bytes)).sort()

describeWithServers(['docker-registry'], 'blobs that are called unreferenced are those that a dry run lists', () => {
  it('after a manifest was deleted over the API', async () => {
    const root = join(directory, 'deleted-over-api')
    await withRegistry({ root }, async ({ url }) => {
      await push({ url, repository: 'app' }, kept, 'v1')
      await push({ url, repository: 'app' }, gone, 'v2')
      await deleteManifest({ url, repository: 'app' }, digest)
    })
    expect(await unreferencedBlobs(root)).toMatchObject({ ours: four, engine: four, findings: [] })
  })

  it('after the index above a child was deleted over the API, and the child was not', async () => {
    const root = join(directory, 'index-deleted')
    const above = index([gone])
    await withRegistry({ root }, async ({ url }) => {
      await push({ url, repository: 'app' }, kept, 'v1')
      await push({ url, repository: 'app' }, above, 'v2')
      await deleteManifest({ url, repository: 'app' }, above.descriptor.digest)
    })
    const own = [above.descriptor.digest]
    expect(await unreferencedBlobs(root)).toMatchObject({ ours: own, engine: own, findings: [] })
  })

  const at = storagePaths
  const revision = (root: string) => dirname(at(root).revisionLink('app', digest))
  const halves: readonly (readonly [string, readonly string[], (root: string) => void])[] = [
    ['nothing is missing', [], () => undefined],
    ['the tag is gone', [], (root) => remove(at(root).tag('app', 'v2'))],
    ['the revision directory is gone', four, (root) => remove(at(root).tag('app', 'v2'), revision(root))],
    ['the revision link is gone', four, (root) => remove(at(root).tag('app', 'v2'), `${revision(root)}/link`)],
    [
      'only signatures are left of the revision',
      four,
      (root) => {
        remove(at(root).tag('app', 'v2'), `${revision(root)}/link`)
        write(`${revision(root)}/signatures/${digest.replace(':', '/')}/link`, digest)
      },
    ],
    [
      'the revision is an empty directory, and a layer link is gone',
      four,
      (root) => remove(at(root).tag('app', 'v2'), `${revision(root)}/link`, at(root).layerLink('app', layerDigest)),
    ],
    ['a layer link is gone', [], (root) => remove(at(root).tag('app', 'v2'), at(root).layerLink('app', layerDigest))],
    [
      'a layer link directory is gone',
      [],
      (root) => remove(at(root).tag('app', 'v2'), dirname(at(root).layerLink('app', layerDigest))),
    ],
    [
      'all revisions are gone, and links of layers are left',
      four,
      (root) => remove(at(root).tag('app', 'v2'), `${at(root).repository('app')}/_manifests/revisions`),
    ],
    ['the manifests are gone', four, (root) => remove(`${at(root).repository('app')}/_manifests`)],
    ['the repository is gone', four, (root) => remove(at(root).repository('app'))],
    [
      'the repository is gone but for its uploads',
      four,
      (root) => {
        remove(at(root).repository('app'))
        mkdirSync(`${at(root).repository('app')}/_uploads/1f7d/hashstates`, { recursive: true })
      },
    ],
    [
      'the manifest file is empty and its revision was deleted',
      four,
      (root) => {
        remove(at(root).tag('app', 'v2'), `${revision(root)}/link`)
        write(at(root).data(digest), '')
      },
    ],
    [
      'another repository has the manifest, without its layer links',
      [],
      (root) => {
        remove(at(root).repository('app'))
        write(at(root).revisionLink('kept', digest), digest)
      },
    ],
  ]
  it.each(halves)('where %s', async (name, expected, hurt) => {
    const root = join(directory, name.replaceAll(/\W+/g, '-'))
    storeImage(at(root), 'kept', kept, 'v1')
    storeImage(at(root), 'app', gone, 'v2')
    hurt(root)
    expect(await unreferencedBlobs(root)).toMatchObject({ ours: expected, engine: expected })
  })

  it.each([1, 2, 3])('in half-deleted registry %i, but for layers that are named by sha512', async (seed) => {
    const root = join(directory, `random-${seed}`)
    const done = await halfDeleted(root, seeded(`garbage ${seed}`))
    const { ours, engine, bySha512 } = await unreferencedBlobs(root)
    expect(engine, done.join(', ')).toEqual(expect.arrayContaining([...ours]))
    expect(engine.filter((each) => !ours.includes(each) && !bySha512.has(each))).toEqual([])
  })

  it('a layer that is named by sha512 is needed, and the dry run lists it all the same', async () => {
    const root = join(directory, 'sha512')
    const own = layer('named by sha512')
    const node = image('sha512', { layers: [describedBy(own, { digest: digestOf(own.bytes, 'sha512') })] })
    await withRegistry({ root }, ({ url }) => push({ url, repository: 'app' }, node, 'v1'))
    expect(await unreferencedBlobs(root)).toMatchObject({ ours: [], engine: [own.descriptor.digest], findings: [] })
  })
})

function remove(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { recursive: true })
}
