import { join } from 'node:path'
import { collect } from '../../../src/gc/collect.ts'
import type { Inventory } from '../../../src/gc/inventory.ts'
import type { GcOutcome, GcRun } from '../../../src/gc/outcome.ts'
import { readInventory } from '../../../src/sources/distribution/collection/inventory.ts'
import { inProcessPool } from '../../../src/sources/storage/thread-pool.ts'
import { driversFor } from '../../../src/sources/storage/worker-data.ts'

/** Read what the engines see of a storage, in this thread. */
export async function inventoryOf(root: string): Promise<Inventory> {
  const v2 = join(root, 'docker/registry/v2')
  const driver = { kind: 'filesystem', followSymlinks: false } as const
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const pool = inProcessPool({ setting: { v2, stop, anchors: [] }, driver })
  return readInventory(v2, driversFor(driver)(), pool)
}

/** A collection as the models see it: what it would print, and what it would do. */
export interface Preview {
  readonly lines: readonly string[]
  readonly eligible: readonly string[]
  readonly outcome: GcOutcome
}

/** Replay a collection. */
export function preview(inventory: Inventory, run: GcRun): Preview {
  const lines: string[] = []
  const outcome = collect(inventory, run, (line) => lines.push(...line.split('\n').filter((each) => each !== '')))
  const blob = /^blob eligible for deletion: /
  return {
    outcome,
    lines: lines.filter((line) => !blob.test(line)),
    eligible: lines.filter((line) => blob.test(line)).sort(),
  }
}
