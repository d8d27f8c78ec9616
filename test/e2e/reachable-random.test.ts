import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { artifact, type ManifestNode } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { pushAll } from '../support/builders/push-all.ts'
import { type Push, randomPushes } from '../support/builders/random-registry.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { countIn } from '../support/count-in.ts'
import { reachedByClient } from '../support/oracles/reached-by-client.ts'
import { scratch } from '../support/scratch.ts'
import { type Random, seeded } from '../support/seeded.ts'
import { withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

/** `REACHABLE_COUNT` registries, from `REACHABLE_SEED` on. */
const seeds = Array.from({ length: countIn('REACHABLE_COUNT', 6) }, (_, n) => countIn('REACHABLE_SEED', 1) + n)
const directory = scratch()

describeWithServers(['docker-registry'], 'the protect list of a random registry', () => {
  it.each(seeds)('is what a client reaches that follows each tag, in registry %i', async (seed) => {
    const random = seeded(`reachable ${seed}`)
    const root = join(directory, String(seed))
    const pushes = randomPushes(random)
    const referrers = pushes.flatMap(({ repository, node }) => untaggedReferrers(repository, node, random))
    await withRegistry({ root, urls: true }, async ({ url }) => {
      await pushAll(url, pushes, random)
      for (const { repository, node } of referrers) await push({ url, repository }, node)
      expect(await listed(url)).toEqual(await reachedByClient(url))
      const untagged: Record<string, string[]> = {}
      for (const { repository, node } of referrers) {
        untagged[repository] ??= []
        untagged[repository].push(node.descriptor.digest)
      }
      expect(await listed(root)).toEqual(await reachedByClient(url, untagged))
    })
  })
})

async function listed(target: string): Promise<readonly string[]> {
  const ran = await regfsckHere(['reachable', '--protect-list', target])
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  const lines = ran.stdout.split('\n').slice(0, -1)
  expect(new Set(lines).size).toBe(lines.length)
  return [...lines].sort()
}

/** Signatures, and signatures of signatures, that only their subject leads to. Only a scan of the disk can find them here. */
function untaggedReferrers(repository: string, about: ManifestNode, random: Random): readonly Push[] {
  if (!random.chance(0.4)) return []
  const { mediaType, digest, size } = about.descriptor
  const node = artifact(`about ${digest}`, 'application/vnd.example.signature', {
    fields: { subject: { mediaType, digest, size } },
  })
  return [{ repository, node }, ...untaggedReferrers(repository, node, random)]
}
