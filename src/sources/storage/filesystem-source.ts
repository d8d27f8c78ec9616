import { resolve } from 'node:path'
import type { Source } from '../../check/source.ts'
import { distributionSource } from '../distribution/source.ts'
import type { WorkerPool } from '../distribution/worker-pool.ts'
import type { FoundRegistry } from './locate/locate.ts'
import { type DriverOptions, driversFor, type WorkerData } from './worker-data.ts'

/** How storage on a file system is scanned. */
export interface FilesystemOptions {
  readonly registry: string
  readonly followSymlinks: boolean
  readonly garbage: boolean
  readonly now: () => Date
  readonly pool: (data: WorkerData) => WorkerPool
}

/**
 * A registry that is stored on a file system.
 * @throws {TargetError} if it no longer exists
 */
export async function filesystemSource(found: FoundRegistry, options: FilesystemOptions): Promise<Source> {
  const { registry, garbage, now, pool, followSymlinks } = options
  const driver: DriverOptions = { kind: 'filesystem', followSymlinks }
  return distributionSource(found, {
    registry,
    garbage,
    now,
    newDriver: driversFor(driver),
    pool: (setting) => pool({ setting, driver }),
    above: resolve(found.v2, '..'),
    storage: { quarantine: `${resolve(found.root)}.quarantine`, absolute: (path) => resolve(path) },
  })
}
