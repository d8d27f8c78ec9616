import { Collection } from './collection.ts'
import { freedBy } from './freed.ts'
import type { Inventory } from './inventory.ts'
import type { GcDeleted, GcOutcome, GcRun } from './outcome.ts'
import { breakagesOf } from './pulls/breakages.ts'
import { remaindersOf } from './remainders.ts'
import { sweep } from './sweep.ts'
import { markV2 } from './v2/mark.ts'
import { markV3 } from './v3/mark.ts'
import { visitedRepositories } from './walk-order.ts'

/**
 * Replays one collection over an inventory.
 *
 * @param print receives each line that a dry run of the engine prints; blobs are in no order there
 */
export function collect(inventory: Inventory, run: GcRun, print: (line: string) => void = () => undefined): GcOutcome {
  const collection = new Collection(inventory, run, print)
  if (run.engine === '2.8') markV2(collection)
  else markV3(collection)
  const deleted = sweep(collection)
  const visited = new Set(visitedRepositories(inventory, run).map(({ name }) => name))
  return {
    run,
    aborts: collection.aborts,
    deleted,
    kept: keptBy(inventory, deleted),
    broken: breakagesOf(inventory, run, deleted),
    freed: freedBy(inventory, deleted, visited),
    stays: remaindersOf(inventory, deleted),
    unknown: collection.unknown,
  }
}

function keptBy({ repositories, blobs }: Inventory, deleted: GcDeleted): GcOutcome['kept'] {
  const revisions = repositories.found.reduce((sum, { revisions }) => sum + revisions.length, 0)
  let bytes = 0
  for (const size of blobs.sizes.values()) bytes += size
  for (const digest of deleted.blobs) bytes -= blobs.sizes.get(digest) ?? 0
  return {
    revisions: revisions - deleted.manifests.length,
    blobs: blobs.sizes.size - deleted.blobs.length,
    blobBytes: bytes,
  }
}
