import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { against, type ClaimingSource } from '../../../src/check/against/against.ts'
import type { StoreErrorCode } from '../../../src/check/store-error.ts'
import { image, index } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { memorySource } from '../../support/simulated/memory-source.ts'
import { outcomeOf } from '../scan/scripted-scan.ts'
import { eventsOf, only, scanOptions } from '../scene.ts'

const [amd64, arm64] = [image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64' })]
const both = index([amd64, arm64])

function stored(): MemoryRegistry {
  const registry = new MemoryRegistry()
  registry.push('app', both, 'v1')
  return registry
}

/** A view of memory that stands for an API; it claims what is not there no more than it serves it. */
function api(registry: MemoryRegistry): ClaimingSource {
  return {
    ...memorySource(registry),
    reach: async () => undefined,
    claims: async (_, questions) => questions.map(() => false),
  }
}

function scanBoth(storage: MemoryRegistry, served: MemoryRegistry) {
  return eventsOf(against(memorySource(storage), api(served)), scanOptions())
}

describe('a scan of storage against an API', () => {
  it('calls an API that serves none of the tags another registry', async () => {
    const [unreadable] = only(await scanBoth(stored(), new MemoryRegistry()), 'unreadable')
    expect(unreadable?.reason).toMatch(/it is another registry/)
  })

  it.each([1, 2, 3, 9])('counts all of them, with %i looks in parallel, before it says so', async (width) => {
    const storage = stored()
    for (const name of ['app2', 'app3']) storage.push(name, both, 'v1')
    const slowly = async function* () {
      for (const name of storage.repositories.keys()) {
        await setTimeout(5)
        yield name
      }
    }
    const source = against(memorySource(storage, { width, repositories: slowly }), api(new MemoryRegistry()))
    const [unreadable] = only(await eventsOf(source), 'unreadable')
    expect(unreadable?.reason).toContain('serves none of the tags of the 3 repositories with tags in /memory')
  })

  it('does not call it another registry if every image is damaged on disk as well', async () => {
    const [storage, served] = [stored(), stored()]
    for (const registry of [storage, served])
      for (const node of [amd64, arm64]) registry.repository('app').revisions.delete(node.descriptor.digest)
    const { findings, tags } = outcomeOf(await scanBoth(storage, served))
    expect(findings).toMatchObject([amd64, arm64].map(() => expect.stringContaining('index-child-missing')))
    expect(tags).toEqual({ v1: 'unpullable' })
  })

  it('nor if every tag on disk is lost as well', async () => {
    const [storage, served] = [stored(), new MemoryRegistry()]
    storage.repository('app').revisions.delete(both.descriptor.digest)
    expect(outcomeOf(await scanBoth(storage, served)).findings).toEqual([
      expect.stringContaining('tag-dangling/revision-link-missing'),
    ])
  })

  it.each<StoreErrorCode>(['STORE_DENIED', 'STORE_SERVER_ERROR'])(
    'nor if it cannot list its tags (%s)',
    async (code) => {
      const [storage, served] = [stored(), stored()]
      storage.blobs.delete(amd64.config.descriptor.digest)
      served.unreadable.set(dirname(served.at.tag('app', 'v1')), code)
      const { findings, complete } = outcomeOf(await scanBoth(storage, served))
      expect(findings).toEqual([expect.stringContaining('config-missing/blob-missing')])
      expect(complete).toBe(false)
    },
  )
})
