import type { Unreadable } from '../../check/ports.ts'
import type { Inventory } from '../../gc/inventory.ts'
import { readInventory } from '../distribution/collection/inventory.ts'
import { anchorsOf } from '../distribution/presence/anchors.ts'
import { requireMounted } from '../distribution/presence/mounted.ts'
import type { WorkerPool } from '../distribution/worker-pool.ts'
import type { FoundRegistry } from './locate/locate.ts'
import { type DriverOptions, driversFor, type WorkerData } from './worker-data.ts'

/** How storage is read for the preview of a collection. */
export interface InventoryOptions {
  readonly followSymlinks: boolean
  readonly pool: (data: WorkerData) => WorkerPool
}

/**
 * Reads what garbage collectors see of a registry on a file system.
 * @throws {TargetError} if it is not mounted
 */
export async function filesystemInventory(found: FoundRegistry, options: InventoryOptions): Promise<Inventory> {
  const driver: DriverOptions = { kind: 'filesystem', followSymlinks: options.followSymlinks }
  const newDriver = driversFor(driver)
  const anchors = anchorsOf(found, newDriver())
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const pool = options.pool({ setting: { v2: found.v2, stop, anchors }, driver })
  try {
    await requireMounted(found.v2, newDriver())
    const inventory = await readInventory(found.v2, newDriver(), pool)
    const lost: readonly Unreadable[] = await pool.run({ do: 'prove', homes: new Map() })
    return lost.length === 0 ? inventory : { ...inventory, unreadable: [...inventory.unreadable, ...lost] }
  } finally {
    await pool.close()
  }
}
