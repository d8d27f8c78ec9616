import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { countIn } from '../support/count-in.ts'
import { halfDeleted } from '../support/oracles/half-deleted.ts'
import { unreferencedBlobs } from '../support/oracles/unreferenced-blobs.ts'
import { seeded } from '../support/seeded.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

/** `GARBAGE_COUNT` registries, from `GARBAGE_SEED` on. */
const count = countIn('GARBAGE_COUNT', 100)
const first = countIn('GARBAGE_SEED', 1)
const seeds = Array.from({ length: count }, (_, n) => first + n)

describeWithServers(['docker-registry'], 'unreferenced blobs of half-deleted registries', () => {
  let listed = 0

  it.each(seeds)('are those of the dry run, but for layers that are named by sha512, in registry %i', async (seed) => {
    const root = mkdtempSync(join(tmpdir(), `regfsck-garbage-${seed}-`))
    const done = await halfDeleted(root, seeded(`garbage ${seed}`))
    const { ours, engine, bySha512 } = await unreferencedBlobs(root)
    listed += ours.length
    const only = {
      ours: ours.filter((digest) => !engine.includes(digest)),
      engine: engine.filter((digest) => !ours.includes(digest) && !bySha512.has(digest)),
    }
    expect(only, `left in ${root}: ${done.join(', ')}`).toEqual({ ours: [], engine: [] })
    rmSync(root, { recursive: true })
  })

  it('were more than a few', () => {
    expect(listed).toBeGreaterThan(5 * count)
  })
})
