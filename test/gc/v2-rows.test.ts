import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { remove, write } from '../support/builders/faults/damage-files.ts'
import { digestOf, image, index } from '../support/builders/images.ts'
import type { StoragePaths } from '../support/builders/storage-paths.ts'
import { writeStorage } from '../support/builders/write-storage.ts'
import { dryRunDisagreements, runDisagreements } from '../support/collection/disagreements.ts'
import { inventoryOf, preview } from '../support/collection/preview.ts'
import { collectForReal, filesBelow } from '../support/collection/real-collection.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'

const one = image('one', { platform: 'linux/amd64' })
const two = image('two', { platform: 'linux/arm64' })
const both = index([one, two])
const child = two.descriptor.digest

interface Row {
  readonly what: string
  readonly harm: (at: StoragePaths) => void
  readonly deleteUntagged: boolean
  readonly abort?: string
  /** Tags that break, and how many blobs go. */
  readonly broken?: readonly string[]
  readonly blobs?: number
}

/** What ends a collection of 2.8, and what it deletes silently. The storage has `app:latest`, an index of two images. */
const ROWS: readonly Row[] = [
  { what: 'nothing', harm: () => undefined, deleteUntagged: false },
  { what: 'children of a tagged index', harm: () => undefined, deleteUntagged: true, broken: ['app:latest'], blobs: 6 },
  row('an empty revision link', (at) => write(at.revisionLink('app', child), ''), false, 'revision-link-invalid'),
  row('an empty tag link', (at) => write(at.tagLink('app', 'latest'), ''), true, 'tag-link-invalid'),
  row('an empty manifest', (at) => write(at.data(child), ''), false, 'manifest-undecodable'),
  row('no tags directory', (at) => remove(dirname(at.tag('app', 'latest'))), true, 'tags-missing'),
  row('a file in tags', (at) => write(at.tag('app', '.DS_Store'), 'x'), true, 'file-in-tags'),
  row('data in blobs', (at) => write(join(at.blobs, 'data'), 'x'), false, 'stray-data'),
  row('a blob copied into itself', nestBlob, false, 'stray-data'),
  {
    what: 'two links of one revision',
    harm: (at) => write(at.revisionLink('app', named('2')), child),
    deleteUntagged: true,
    abort: 'revision-deleted-twice',
    broken: ['app:latest'],
  },
  {
    what: 'no _layers directory',
    harm: (at) => remove(join(at.repository('app'), '_layers')),
    deleteUntagged: false,
    // Nothing of it could be pulled before.
    blobs: 9,
  },
  {
    what: 'a file with a low line before the repository',
    harm: (at) => write(join(at.repositories, '_backup.tar'), 'x'),
    deleteUntagged: false,
    broken: ['app:latest'],
    blobs: 9,
  },
  {
    what: 'a child whose manifest is gone',
    harm: (at) => remove(dirname(at.data(child))),
    deleteUntagged: false,
    blobs: 3,
  },
  {
    what: 'a tag without a current link',
    harm: (at) => remove(at.tagLink('app', 'latest')),
    deleteUntagged: true,
    blobs: 9,
  },
  {
    what: 'a file beside revisions',
    harm: (at) => write(join(at.repository('app'), '_manifests/revisions/sha256/x'), ''),
    deleteUntagged: false,
  },
  { what: 'an empty layer link', harm: (at) => write(at.layerLink('app', named('x')), ''), deleteUntagged: false },
]

describeWithServers(['docker-registry'], 'garbage-collect 2.8.2', () => {
  const directory = scratch()

  it.each(ROWS)(
    'meets $what, delete untagged: $deleteUntagged',
    async ({ what, harm, deleteUntagged, ...expected }) => {
      const root = join(directory, what)
      const memory = new MemoryRegistry()
      memory.push('app', both, 'latest')
      harm(writeStorage(memory, root))
      const model = preview(await inventoryOf(root), { engine: '2.8', deleteUntagged, driver: 'filesystem' })
      const files = new Set(filesBelow(join(root, 'docker/registry/v2')))
      const dry = await collectForReal(root, { deleteUntagged, dryRun: true })
      const real = await collectForReal(root, { deleteUntagged, dryRun: false })
      expect([...dryRunDisagreements(model, dry), ...runDisagreements(model, real, files)]).toEqual([])
      const { aborts, broken, deleted } = model.outcome
      expect(aborts.map(({ kind }) => kind)).toEqual(expected.abort === undefined ? [] : [expected.abort])
      expect(broken.flatMap((each) => (each.tag === undefined ? [] : [`${each.repository}:${each.tag}`]))).toEqual(
        expected.broken ?? [],
      )
      if (expected.blobs !== undefined) expect(deleted.blobs).toHaveLength(expected.blobs)
    },
  )
})

function row(what: string, harm: Row['harm'], deleteUntagged: boolean, abort: string): Row {
  return { what, harm, deleteUntagged, abort }
}

function named(text: string): string {
  return digestOf(Buffer.from(text))
}

/** `cp -r` of a blob's directory into itself. */
function nestBlob(at: StoragePaths): void {
  const from = dirname(at.data(one.config.descriptor.digest))
  cpSync(join(from, 'data'), join(from, from.slice(-64), 'data'))
}
