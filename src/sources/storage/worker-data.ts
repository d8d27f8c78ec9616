import type { StorageDriver } from '../distribution/driver.ts'
import type { Setting } from '../distribution/tasks.ts'
import { FilesystemDriver } from '../drivers/filesystem/driver.ts'

/** The settings of a worker, sent before its first task. Everything in it can cross to another thread. */
export interface WorkerData {
  readonly setting: Setting
  readonly driver: DriverOptions
}

/** Which driver a worker uses. */
export interface DriverOptions {
  readonly kind: 'filesystem'
  readonly followSymlinks: boolean
}

/** Makes the drivers of a worker. Files are never fetched ahead, so all its tasks may share one. */
export function driversFor({ followSymlinks }: DriverOptions): () => StorageDriver {
  const driver = new FilesystemDriver(followSymlinks)
  return () => driver
}
