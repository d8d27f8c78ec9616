import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UncheckedRecord } from '../../check/records.ts'
import { TargetError } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import type { Inventory } from '../../gc/inventory.ts'
import { readInventory } from '../distribution/collection/inventory.ts'
import type { StorageDriver } from '../distribution/driver.ts'
import { type Anchor, anchorsOf, lostAnchors } from '../distribution/presence/anchors.ts'
import { changedSince, TICK } from '../distribution/presence/changed-since.ts'
import { requireMounted, requireTagsInFiles } from '../distribution/presence/mounted.ts'
import type { WorkerPool } from '../distribution/worker-pool.ts'
import type { FoundRegistry } from './locate/locate.ts'
import { driversFor, type WorkerData } from './worker-data.ts'

/** What a garbage collection would see now, and what of it may have been read while it changed. */
export interface CollectionReading {
  readonly inventory: Inventory
  /** Not empty: the inventory is no picture of one moment. */
  readonly moved: readonly UncheckedRecord[]
}

/** How the storage is read. */
export interface ReadingOptions {
  readonly followSymlinks: boolean
  /** Makes the threads that read. */
  readonly pool: (data: WorkerData) => WorkerPool
  readonly signal: AbortSignal
  /** Called when the threads have been told to end. */
  readonly onClose: (closed: Promise<void>) => Promise<void>
}

/**
 * Reads what a garbage collection of a registry on a file system would see. If the registry is written to meanwhile, it is read
 * again, once.
 *
 * @throws {TargetError} if it is not mounted, or keeps its tags in a database
 */
export async function readCollection(found: FoundRegistry, options: ReadingOptions): Promise<CollectionReading> {
  const { followSymlinks, pool: poolOf, signal } = options
  const settings = { kind: 'filesystem', followSymlinks } as const
  const driver = driversFor(settings)()
  await requireTagsInFiles(resolve(found.v2, '..'), driver)
  await requireMounted(found.v2, driver)
  const anchors = anchorsAtStart(found, driver)
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const raiseStop = (): void => void Atomics.store(stop, 0, 1)
  signal.addEventListener('abort', raiseStop, { once: true })
  const pool = poolOf({ setting: { v2: found.v2, stop, anchors }, driver: settings })
  try {
    const first = await readOnce(found, { driver, pool, anchors }, options)
    if (first.moved.length === 0) return first
    // What was written shortly before the first reading could not be told from what was written during it.
    await sleep(TICK)
    return await readOnce(found, { driver, pool, anchors }, options)
  } finally {
    signal.removeEventListener('abort', raiseStop)
    await options.onClose(pool.close())
  }
}

async function readOnce(
  { v2 }: FoundRegistry,
  by: { readonly driver: StorageDriver; readonly pool: WorkerPool; readonly anchors: readonly Anchor[] },
  { signal }: ReadingOptions,
): Promise<CollectionReading> {
  const startedAt = Date.now()
  const inventory = await untilAborted(readInventory(v2, by.driver, by.pool), signal)
  const lost = lostAnchors(by.anchors, by.driver).map(
    ({ place, because, detail }): UncheckedRecord => ({ repository: undefined, path: place, because, detail }),
  )
  return { inventory, moved: [...lost, ...changedSince(inventory, by.driver, startedAt)] }
}

/** A disk that does not answer must not hold up the end. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(new Error('stopped'))
    }
    signal.addEventListener('abort', abort, { once: true })
  })
  work.catch(() => undefined) // reported below, unless the run was stopped before
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function anchorsAtStart(found: FoundRegistry, driver: StorageDriver): readonly Anchor[] {
  try {
    return anchorsOf(found, driver)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new TargetError(`${error.place} ${error.message}`, { cause: error })
  }
}
