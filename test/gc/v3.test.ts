import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { GcRun } from '../../src/gc/outcome.ts'
import { remove, write } from '../support/builders/faults/damage-files.ts'
import { digestOf, image, index, layer } from '../support/builders/images.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { writeStorage } from '../support/builders/write-storage.ts'
import { inventoryOf, type Preview, preview } from '../support/collection/preview.ts'
import { scratch } from '../support/scratch.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'

/** Golden cases, read in the source of 3.0.0 (registry/storage/garbagecollect.go): storage in, outcome out. */
const one = image('one', { platform: 'linux/amd64' })
const two = image('two', { platform: 'linux/arm64' })
const both = index([one, two])
const nested = index([both])
const directory = scratch()
let cases = 0

const M: GcRun = { engine: '3', deleteUntagged: true, driver: 'filesystem' }
const PLAIN: GcRun = { ...M, deleteUntagged: false }

interface Case {
  readonly run?: GcRun
  readonly fill: (memory: MemoryRegistry) => void
  readonly harm?: (at: StoragePaths) => void
}

async function replay({ run = M, fill, harm }: Case): Promise<Preview['outcome']> {
  const root = join(directory, `${cases++}`)
  const memory = new MemoryRegistry()
  fill(memory)
  writeStorage(memory, root)
  mkdirSync(storagePaths(root).repositories, { recursive: true })
  harm?.(storagePaths(root))
  return preview(await inventoryOf(root), run).outcome
}

function kinds({ aborts }: Preview['outcome']): string[] {
  return aborts.map(({ kind, phase }) => `${phase}: ${kind}`)
}

function lost({ broken }: Preview['outcome']): string[] {
  return broken.map(({ repository, tag, becomes, intended }) => {
    return `${repository}:${tag ?? '-'} ${becomes}${intended ? ' as intended' : ''}`
  })
}

describe('distribution 3.x', () => {
  it('keeps the children of a tagged index, also nested ones', async () => {
    const outcome = await replay({ fill: (memory) => memory.push('app', nested, 'latest') })
    expect(outcome.deleted.eligible).toEqual({ manifests: 0, blobs: 0, layerLinks: 0 })
    expect(lost(outcome)).toEqual([])
  })

  it('deletes an untagged image, its blobs, then its layer links', async () => {
    const outcome = await replay({
      fill: (memory) => {
        memory.push('app', one, 'latest')
        memory.push('app', two)
      },
    })
    expect(outcome.deleted.manifests.map(({ digest }) => digest)).toEqual([two.descriptor.digest])
    expect(outcome.deleted.blobs.toSorted()).toEqual(
      [
        two.descriptor.digest,
        two.config.descriptor.digest,
        ...two.layers.map(({ descriptor }) => descriptor.digest),
      ].sort(),
    )
    expect(outcome.deleted.layerLinks).toHaveLength(1 + two.layers.length)
    expect(lost(outcome)).toEqual(['app:- gone as intended'])
  })

  it('decides on the layer links of a repository before it has seen the next', async () => {
    const untaggedFirst = await replay({
      fill: (memory) => {
        memory.push('a', one)
        memory.push('b', one, 'latest')
      },
    })
    expect(untaggedFirst.deleted.manifests).toEqual([])
    expect(untaggedFirst.deleted.layerLinks.map(({ repository }) => repository)).toEqual(
      Array(1 + one.layers.length).fill('a'),
    )
    expect(lost(untaggedFirst)).toEqual(['a:- unpullable'])
    const taggedFirst = await replay({
      fill: (memory) => {
        memory.push('a', one, 'latest')
        memory.push('b', one)
      },
    })
    expect([taggedFirst.deleted.layerLinks, lost(taggedFirst)]).toEqual([[], []])
  })

  it('visits repositories by byte in S3: a-b before a', async () => {
    const fill = (memory: MemoryRegistry): void => {
      memory.push('a', one, 'latest')
      memory.push('a-b', one)
    }
    expect(lost(await replay({ fill }))).toEqual([])
    expect(lost(await replay({ fill, run: { ...M, driver: 's3' } }))).toEqual(['a-b:- unpullable'])
  })

  it('does not descend into a child that an index without it has marked: layers of another repository go', async () => {
    const outcome = await replay({
      fill: (memory) => {
        memory.push('a', both, 'latest')
        memory.push('b', both, 'latest')
      },
      harm: (at) => remove(at.revisionLink('a', two.descriptor.digest)),
    })
    expect(lost(outcome)).toEqual(['b:latest degraded'])
    expect(outcome.broken[0]?.platforms).toEqual(['linux/arm64'])
  })

  it('deletes an untagged referrer, which is no intended loss while its subject stays', async () => {
    const { mediaType, digest, size } = one.descriptor
    const referrer = image('signature', { fields: { subject: { mediaType, digest, size } } })
    const outcome = await replay({
      fill: (memory) => {
        memory.push('app', one, 'latest')
        memory.push('app', referrer)
      },
    })
    expect(lost(outcome)).toEqual(['app:- gone'])
  })

  it.each([M, PLAIN])('aborts at a repository without _layers ($deleteUntagged)', async (run) => {
    const harm = (at: StoragePaths): void => remove(join(at.repository('app'), '_layers'))
    const fill = (memory: MemoryRegistry): void => void memory.push('app', one, 'latest')
    const outcome = await replay({ run, fill, harm })
    expect(kinds(outcome)).toEqual(['mark: layers-missing'])
    expect(outcome.aborts[0]?.error).toBe(
      'failed to mark: filesystem: Path not found: /docker/registry/v2/repositories/app/_layers',
    )
    expect(kinds(await replay({ run: { ...run, driver: 's3' }, fill, harm }))).toEqual([])
  })

  it('deletes the blobs of a repository without a tags directory, and leaves its revisions', async () => {
    const outcome = await replay({
      fill: (memory) => memory.push('app', one, 'latest'),
      harm: (at) => remove(join(at.repository('app'), '_manifests/tags')),
    })
    expect(kinds(outcome)).toEqual([])
    expect(outcome.deleted.manifests).toEqual([])
    expect(outcome.deleted.blobs).toHaveLength(2 + one.layers.length)
    expect(outcome.deleted.layerLinks).toHaveLength(1 + one.layers.length)
    expect(lost(outcome)).toEqual(['app:- gone'])
  })

  it('does not see a repository without _manifests: its blobs go, its links stay', async () => {
    const outcome = await replay({
      fill: (memory) => memory.push('app', one, 'latest'),
      harm: (at) => remove(join(at.repository('app'), '_manifests')),
    })
    expect(outcome.deleted.layerLinks).toEqual([])
    expect(outcome.freed.byCause.unseen.blobs).toBe(1 + one.layers.length)
    expect(outcome.stays).toMatchObject([{ kind: 'orphan-layer-links', count: 1 + one.layers.length }])
  })

  it('passes a revision whose manifest is gone, and deletes its layers', async () => {
    const outcome = await replay({
      run: PLAIN,
      fill: (memory) => memory.push('app', one, 'latest'),
      harm: (at) => remove(join(at.data(one.descriptor.digest), '..')),
    })
    expect([kinds(outcome), outcome.deleted.manifests]).toEqual([[], []])
    expect(outcome.deleted.blobs).toHaveLength(1 + one.layers.length)
  })

  it('takes a tag without a current link for none', async () => {
    const outcome = await replay({
      fill: (memory) => memory.push('app', one, 'latest'),
      harm: (at) => remove(at.tagLink('app', 'latest')),
    })
    expect(outcome.deleted.manifests.map(({ digest }) => digest)).toEqual([one.descriptor.digest])
  })

  it('never deletes orphan layer links', async () => {
    const gone = digestOf(Buffer.from('gone'))
    const outcome = await replay({
      fill: (memory) => memory.push('app', one, 'latest'),
      harm: (at) => write(at.layerLink('app', gone), gone),
    })
    expect(outcome.deleted.layerLinks).toEqual([])
    expect(outcome.stays).toMatchObject([{ kind: 'orphan-layer-links', count: 1 }])
  })

  it('stops in mid-sweep at a sha512 name beside its unmarked layer, after the blobs', async () => {
    const alone = layer('alone')
    const outcome = await replay({
      run: PLAIN,
      fill: (memory) => {
        memory.push('app', one, 'latest')
        memory.putBlob('app', alone.bytes, digestOf(alone.bytes, 'sha512'))
      },
    })
    expect(kinds(outcome)).toEqual(['sweep: layer-link-deleted-twice'])
    expect(outcome.deleted.blobs).toEqual([alone.descriptor.digest])
  })

  it('stops in mid-sweep at two links that name one unmarked revision', async () => {
    const outcome = await replay({
      fill: (memory) => memory.push('app', one),
      harm: (at) => {
        write(at.revisionLink('app', digestOf(Buffer.from('twice'))), one.descriptor.digest)
        mkdirSync(join(at.repository('app'), '_manifests/tags'), { recursive: true })
      },
    })
    expect(kinds(outcome)).toEqual(['sweep: revision-deleted-twice'])
    expect([outcome.deleted.manifests.length, outcome.deleted.blobs.length]).toEqual([1, 0])
  })

  const ROWS: readonly [
    what: string,
    harm: (at: StoragePaths) => void,
    plain: readonly string[],
    m: readonly string[],
  ][] = [
    [
      'an empty revision link',
      (at) => write(at.revisionLink('app', one.descriptor.digest), ''),
      ['mark: revision-link-invalid'],
      ['mark: revision-link-invalid'],
    ],
    ['an empty tag link', (at) => write(at.tagLink('app', 'latest'), ''), [], ['mark: tag-link-invalid']],
    [
      'an empty manifest',
      (at) => write(at.data(one.descriptor.digest), ''),
      ['mark: manifest-undecodable'],
      ['mark: manifest-undecodable'],
    ],
    [
      'an empty layer link',
      (at) => write(at.layerLink('app', one.config.descriptor.digest), ''),
      ['mark: layer-link-invalid'],
      ['mark: layer-link-invalid'],
    ],
    ['a file in tags', (at) => write(at.tag('app', '.DS_Store'), 'x'), [], ['mark: file-in-tags']],
    [
      'a schema 1 manifest',
      (at) => {
        const bytes = '{"schemaVersion": 1, "name": "app", "fsLayers": []}'
        const digest = digestOf(Buffer.from(bytes))
        write(at.data(digest), bytes)
        write(at.revisionLink('app', digest), digest)
        write(at.tagLink('app', 'old'), digest)
      },
      ['mark: manifest-unsupported'],
      ['mark: manifest-unsupported'],
    ],
    ['a file beside revisions', (at) => write(join(at.repository('app'), '_manifests/revisions/sha256/x'), ''), [], []],
    ['a stray data', (at) => write(join(at.blobs, 'data'), 'x'), ['sweep: stray-data'], ['sweep: stray-data']],
    [
      'no repositories',
      (at) => remove(at.repositories),
      ['mark: repositories-missing'],
      ['mark: repositories-missing'],
    ],
  ]

  it.each(ROWS)('meets %s', async (_, harm, plain, m) => {
    const fill = (memory: MemoryRegistry): void => void memory.push('app', one, 'latest')
    expect(kinds(await replay({ run: PLAIN, fill, harm }))).toEqual(plain)
    expect(kinds(await replay({ run: M, fill, harm }))).toEqual(m)
  })

  it('finds every file that would stop it, the first one first', async () => {
    const outcome = await replay({
      fill: (memory) => {
        memory.push('a', one, 'latest')
        memory.push('b', two, 'latest')
      },
      harm: (at) => {
        write(at.revisionLink('b', two.descriptor.digest), 'garbage')
        write(at.tag('a', '.DS_Store'), 'x')
        write(join(at.blobs, 'data'), 'x')
      },
    })
    expect(kinds(outcome)).toEqual(['mark: file-in-tags', 'mark: revision-link-invalid', 'sweep: stray-data'])
    expect([outcome.deleted.manifests, outcome.deleted.blobs, lost(outcome)]).toEqual([[], [], []])
  })
})
