import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { becomeDirectory, extend, flipAt, truncate, write } from '../support/builders/faults/damage-files.ts'
import { digestOf, type ImageNode, image, index } from '../support/builders/images.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { writeStorage } from '../support/builders/write-storage.ts'
import { type Ran, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry, withRegistry } from '../support/servers/registry.ts'
import { scanHere } from '../support/servers/registry-swapping-storage.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { warmUp } from '../support/servers/warm-cache.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'

const root = join(scratch(), 'registry')
const at = storagePaths(root)

interface Case {
  readonly harm: (at: StoragePaths, about: About) => void
  /** What is said of the tag, and why, while the server remembers. */
  readonly warm: string
  /** And once it has been started anew. */
  readonly fresh: string
}

interface About {
  readonly repository: string
  readonly child: ImageNode
  /** Digest of its last layer. */
  readonly layer: string
}

const MISSING = 'unpullable: layer-missing not-served'
const CHILD = 'unpullable: index-child-missing not-served'
const FAILS = 'unchecked: STORE_SERVER_ERROR'

/** In the order of how much can be seen through the cache of distribution 2.8. */
const cases: Readonly<Record<string, Case>> = {
  sound: { harm: () => undefined, warm: 'intact', fresh: 'intact' },
  'blob-gone': { harm: ({ data }, { layer }) => rmSync(data(layer)), warm: MISSING, fresh: MISSING },
  'blob-empty': {
    harm: ({ data }, { layer }) => truncate(data(layer), 0),
    warm: MISSING,
    fresh: 'unpullable: blob-size-mismatch empty',
  },
  'blob-cut': {
    harm: ({ data }, { layer }) => truncate(data(layer), 100),
    warm: MISSING,
    fresh: 'unpullable: blob-size-mismatch truncated',
  },
  'blob-altered': {
    harm: ({ data }, { layer }) => flipAt(data(layer), 'middle'),
    warm: 'unpullable: blob-digest-mismatch altered',
    fresh: 'unpullable: blob-digest-mismatch altered',
  },
  'revision-link-gone': {
    harm: ({ revisionLink }, { repository, child }) => rmSync(revisionLink(repository, child.descriptor.digest)),
    warm: CHILD,
    fresh: CHILD,
  },
  'revision-link-empty': {
    harm: ({ revisionLink }, { repository, child }) => write(revisionLink(repository, child.descriptor.digest), ''),
    warm: FAILS,
    fresh: FAILS,
  },
  'tag-link-gone': {
    harm: ({ tagLink }, { repository }) => rmSync(tagLink(repository, 'latest')),
    warm: 'unpullable: tag-dangling not-served',
    fresh: 'unpullable: tag-dangling not-served',
  },
  'manifest-gone': { harm: ({ data }, { child }) => rmSync(data(child.descriptor.digest)), warm: CHILD, fresh: CHILD },
  // The server believes that it has a file, and fails when it comes to read it.
  'manifest-is-a-directory': {
    harm: ({ data }, { child }) => becomeDirectory(data(child.descriptor.digest)),
    warm: FAILS,
    fresh: CHILD,
  },
  // What follows is out of sight: a client of the warm server gets the right bytes.
  'blob-grown': {
    harm: ({ data }, { layer }) => extend(data(layer)),
    warm: 'intact',
    fresh: 'unpullable: blob-size-mismatch extended',
  },
  'layer-link-gone': {
    harm: ({ layerLink }, { repository, layer }) => rmSync(layerLink(repository, layer)),
    warm: 'intact',
    fresh: MISSING,
  },
  'layer-link-empty': {
    harm: ({ layerLink }, { repository, layer }) => write(layerLink(repository, layer), ''),
    warm: 'intact',
    fresh: FAILS,
  },
  'layer-link-wrong': {
    harm: ({ layerLink }, { repository, layer, child }) =>
      write(layerLink(repository, layer), digestOf(child.config.bytes)),
    warm: 'intact',
    fresh: 'unpullable: blob-size-mismatch extended',
  },
}

/** What a report says of each repository's one tag. */
function reported(ran: Ran): Record<string, string> {
  const { tags, findings, unchecked } = targetIn(ran)
  return Object.fromEntries(
    tags.map(({ repository, verdict }) => {
      const why = [
        ...findings.filter((each) => each.repository === repository).map(({ code, cause }) => `${code} ${cause}`),
        ...unchecked.filter((each) => each.repository === repository).map(({ because }) => because),
      ]
      return [repository, [verdict, ...(why.length > 0 ? [why.join(', ')] : [])].join(': ')]
    }),
  )
}

describeWithServers(['docker-registry'], 'of a server whose cache has not heard of the harm, a scan', () => {
  let server: RunningRegistry

  beforeAll(async () => {
    server = await startRegistry({ root, cache: true })
    const names = Object.keys(cases)
    const pushes = names.map((repository) => ({ repository, node: index([image(repository)]), tag: 'latest' }))
    const storage = new MemoryRegistry()
    for (const { repository, node, tag } of pushes) storage.push(repository, node, tag)
    writeStorage(storage, root)
    await warmUp(server.url, pushes)
    for (const [repository, { harm }] of Object.entries(cases)) harm(at, aboutOf(repository))
  })

  afterAll(() => server.stop())

  it.each(['blob-gone', 'layer-link-gone'])('is asked although HEAD says that all is well: %s', async (repository) => {
    const { layer } = aboutOf(repository)
    const answer = await fetch(`${server.url}/v2/${repository}/blobs/${layer}`, { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '160'])
  })

  it('reports what a pull trips over now; the rest shows after a restart of the server', async () => {
    const expected = (when: 'warm' | 'fresh') => Object.entries(cases).map(([name, each]) => [name, each[when]])
    expect(reported(await scanHere(server.url, ['--depth=content']))).toEqual(Object.fromEntries(expected('warm')))
    const fresh = await withRegistry({ root }, ({ url }) => scanHere(url, ['--depth=content']))
    expect(reported(fresh)).toEqual(Object.fromEntries(expected('fresh')))
  })

  it('sees a blob that is gone, empty or cut short by one byte from its end', async () => {
    const verdicts = reported(await scanHere(server.url, ['--depth=blobs']))
    for (const repository of ['blob-gone', 'blob-empty', 'blob-cut']) expect(verdicts[repository]).toBe(MISSING)
  })
})

function aboutOf(repository: string): About {
  const child = image(repository)
  return { repository, child, layer: child.layers.at(-1)?.descriptor.digest ?? '' }
}
