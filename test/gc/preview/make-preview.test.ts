import { describe, expect, it } from 'vitest'
import type { Inventory, RepositoryInventory } from '../../../src/gc/inventory.ts'
import type { GcBreakage } from '../../../src/gc/outcome.ts'
import type { DeployedImage } from '../../../src/gc/preview/deployed.ts'
import { previewFindings } from '../../../src/gc/preview/findings.ts'
import { makePreview, type PreviewParts } from '../../../src/gc/preview/make-preview.ts'
import { abort, breakage, digest, outcomeOf, runOf } from '../../report/preview/sample.ts'

const untagged: GcBreakage = { ...breakage, tag: undefined, digest: digest('old'), through: [], intended: true }
const run = runOf('2.8', true)

describe('the verdict on a collection', () => {
  it.each([
    {
      name: 'aborts at a file, whatever else would break',
      what: { aborts: [abort], broken: [breakage] },
      is: 'aborts',
    },
    { name: 'breaks what a tag reaches', what: { broken: [breakage] }, is: 'breaks' },
    { name: 'is safe where only untagged revisions go, as was asked for', what: { broken: [untagged] }, is: 'safe' },
    { name: 'is safe where nothing goes', what: {}, is: 'safe' },
    {
      name: 'is unknown where the engine sees what could not be read',
      what: { unknown: [{ place: '/x', because: 'STORE_DENIED' as const, detail: 'permission denied' }] },
      is: 'unknown',
    },
  ])('$name', ({ what, is }) => {
    expect(collectionOf({ outcomes: [outcomeOf(run, what)] }).verdict).toBe(is)
  })

  it('is unknown where something moved, or which image is deployed is not known', () => {
    const moved = { repository: 'infra/ci', because: 'MOVED', detail: 'was written to while it was read' } as const
    expect(collectionOf({ unchecked: [moved] }).verdict).toBe('unknown')
    const unknown = { repository: undefined, path: 'a.yaml:1:1', because: 'REFERENCE_UNKNOWN' } as const
    expect(collectionOf({ unchecked: [unknown] }).verdict).toBe('unknown')
  })

  it('is not unknown because of what was left out on purpose', () => {
    const beside = { repository: undefined, path: '/other', because: 'NOT_SEARCHED' } as const
    expect(collectionOf({ unchecked: [beside] }).verdict).toBe('safe')
  })
})

describe('a deployed image', () => {
  it('that names a tag breaks with it', () => {
    const collection = collectionOf({ outcomes: [outcomeOf(run, { broken: [breakage] })], deployed: [image('latest')] })
    expect(collection.deployed.map(({ image: { usedBy } }) => usedBy)).toEqual([['compose.yaml:3: service web']])
  })

  it('that names the digest of an untagged revision makes its deletion a breakage', () => {
    const outcomes = [outcomeOf(run, { broken: [untagged] })]
    const collection = collectionOf({ outcomes, deployed: [image(untagged.digest)] })
    expect(collection).toMatchObject({ verdict: 'breaks', broken: [untagged], intended: 0 })
  })

  it('whose tag moved breaks with the digest that runs', () => {
    const outcomes = [outcomeOf(run, { broken: [untagged] })]
    const running = [{ is: 'manifest', digest: untagged.digest }] as const
    expect(collectionOf({ outcomes, deployed: [{ ...image('latest'), running }] }).verdict).toBe('breaks')
  })

  it('that runs by its config breaks with the manifest that names the config', () => {
    const config = digest('config')
    const read = { is: 'image', references: [config], claims: [] } as const
    const manifests = new Map([[untagged.digest, { v2: read, v3: read, isIntact: true }]])
    const collection = collectionOf({
      inventory: { ...inventoryOf(), manifests },
      outcomes: [outcomeOf(run, { broken: [untagged] })],
      deployed: [{ ...image('latest'), running: [{ is: 'config', digest: config }] }],
    })
    expect(collection.verdict).toBe('breaks')
  })

  it('of another repository, tag or digest does not', () => {
    const outcomes = [outcomeOf(run, { broken: [breakage, untagged] })]
    const others = [
      { ...image('latest'), repository: 'infra' },
      image('v2'),
      image(digest('another')),
      { ...image('v2'), running: [{ is: 'config', digest: digest('another') }] as const },
    ]
    expect(collectionOf({ outcomes, deployed: others }).deployed).toEqual([])
  })

  it('that is not stored is named', () => {
    const preview = makePreview(parts({ deployed: [image('latest'), image('gone'), image(digest('gone'))] }))
    expect(preview.deployed?.absent.map(({ wanted }) => wanted)).toEqual(['gone', digest('gone')])
  })
})

describe('the findings', () => {
  it('are one for each file, with every collection that it stops', () => {
    const outcomes = [runOf('2.8', true), runOf('3', false)].map((each) => outcomeOf(each, { aborts: [abort] }))
    const found = previewFindings(makePreview(parts({ outcomes })))
    expect(found).toMatchObject([
      {
        code: 'gc-would-abort',
        cause: 'revision-link-invalid',
        repository: 'team/app',
        evidence: { path: abort.path, error: abort.error, collections: ['2.8 --delete-untagged', '3.x'] },
      },
    ])
  })

  it('are one for each object, with every tag, platform and workload that needs it', () => {
    const broken = [breakage, { ...breakage, tag: 'v1', platforms: ['linux/s390x'] }]
    const found = previewFindings(
      makePreview(parts({ outcomes: [outcomeOf(run, { broken })], deployed: [image('v1')] })),
    )
    expect(found.map(({ digest: about }) => about)).toEqual([digest('amd64'), digest('arm64')])
    expect(found[0]).toMatchObject({
      code: 'gc-would-break',
      cause: 'revision-deleted',
      tags: ['latest', 'v1'],
      platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'],
      parents: [digest('index')],
      evidence: { object: 'manifest', usedBy: ['compose.yaml:3: service web'] },
    })
  })

  it('are none for untagged revisions that nothing is known to use', () => {
    expect(previewFindings(makePreview(parts({ outcomes: [outcomeOf(run, { broken: [untagged] })] })))).toEqual([])
  })
})

function collectionOf(what: Partial<PreviewParts>) {
  const [collection] = makePreview(parts(what)).collections
  if (collection === undefined) throw new Error('no collection')
  return collection
}

function parts(what: Partial<PreviewParts>): PreviewParts {
  return {
    target: '/srv',
    registry: 'private',
    inventory: inventoryOf(),
    outcomes: [outcomeOf(run)],
    readiness: [],
    deployed: undefined,
    unchecked: [],
    ...what,
  }
}

function inventoryOf(): Inventory {
  const repository: RepositoryInventory = {
    name: 'infra/ci',
    layersEntry: 'directory',
    manifestsEntry: 'directory',
    revisionsEntry: 'directory',
    tagsEntry: 'directory',
    tags: [{ name: 'latest', current: { is: 'names', digest: digest('index') }, history: [] }],
    revisions: [digest('index')],
    emptyRevisions: [],
    layers: [],
    uploads: { count: 0, bytes: 0 },
  }
  return {
    v2: '/srv/docker/registry/v2',
    keepsDirectories: true,
    repositories: { exists: true, found: [repository], underscoredFiles: [] },
    blobs: { exists: true, sizes: new Map(), strays: [], obstacles: [] },
    manifests: new Map(),
    unreadable: [],
  }
}

function image(wanted: string): DeployedImage {
  return {
    text: 'registry.example.com/infra/ci',
    repository: 'infra/ci',
    wanted,
    running: [],
    usedBy: ['compose.yaml:3: service web'],
  }
}
