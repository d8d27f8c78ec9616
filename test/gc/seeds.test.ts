import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import type { GcRun } from '../../src/gc/outcome.ts'
import { dryRunDisagreements, pullDisagreements, runDisagreements } from '../support/collection/disagreements.ts'
import { inventoryOf, preview } from '../support/collection/preview.ts'
import { randomStorage } from '../support/collection/random-storage.ts'
import { collectForReal, filesBelow } from '../support/collection/real-collection.ts'
import { countIn } from '../support/count-in.ts'
import { type WalkedTag, walkRegistry } from '../support/oracles/plain-walker.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** Each seed is a registry of its own: COLLECTION_COUNT says how many, COLLECTION_SEED where to start. */
const count = countIn('COLLECTION_COUNT', 60)
const first = countIn('COLLECTION_SEED', 1)
const seeds = Array.from({ length: count }, (_, n) => first + n)

describeWithServers(['docker-registry'], 'the model of 2.8 and the real garbage-collect', () => {
  const directory = scratch()
  const served = join(directory, 'served')
  let registry: RunningRegistry

  beforeAll(async () => {
    mkdirSync(served)
    registry = await startRegistry({ root: served, schema1: true })
  })
  afterAll(() => registry.stop())

  it.for(seeds)('agree on what it prints, deletes, stops at and breaks, in registry %i', async (seed, { expect }) => {
    const root = join(directory, `${seed}`)
    const { done } = randomStorage(seed, root)
    const inventory = await inventoryOf(root)
    const tags = Object.fromEntries(
      inventory.repositories.found.map(({ name, tags }) => [name, tags.map((tag) => tag.name)]),
    )
    const pulled = (from: string): Promise<WalkedTag[]> => pull(from, tags)
    const files = new Set(filesBelow(join(root, 'docker/registry/v2')))
    const runs = await Promise.all(
      [false, true].map(async (deleteUntagged) => {
        const copy = `${root}-${deleteUntagged}`
        cpSync(root, copy, { recursive: true })
        const dry = collectForReal(root, { deleteUntagged, dryRun: true })
        const real = await collectForReal(copy, { deleteUntagged, dryRun: false })
        return { deleteUntagged, copy, dry: await dry, real }
      }),
    )
    const before = await pulled(root)
    const found = inventory.unreadable.map(({ place }) => `cannot read ${place}`)
    for (const { deleteUntagged, copy, dry, real } of runs) {
      const run: GcRun = { engine: '2.8', deleteUntagged, driver: 'filesystem' }
      const model = preview(inventory, run)
      const differences = [
        ...dryRunDisagreements(model, dry),
        ...runDisagreements(model, real, files),
        ...pullDisagreements(model, before, unchanged(real.files, files) ? before : await pulled(copy)),
      ]
      found.push(...differences.map((each) => `${deleteUntagged ? 'with' : 'without'} -m: ${each}`))
      rmSync(copy, { recursive: true })
    }
    expect(found, done.join('\n')).toEqual([])
    rmSync(root, { recursive: true })
  })

  /** One registry serves every storage in turn: without a cache it reads everything anew. */
  async function pull(from: string, tags: Readonly<Record<string, readonly string[]>>): Promise<WalkedTag[]> {
    renameSync(join(from, 'docker'), join(served, 'docker'))
    const walked = await walkRegistry(registry.url, tags)
    renameSync(join(served, 'docker'), join(from, 'docker'))
    return walked
  }
})

/** Then clients get what they got before. */
function unchanged(after: ReadonlySet<string>, before: ReadonlySet<string>): boolean {
  return after.size === before.size
}
