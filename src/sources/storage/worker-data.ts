import type { StorageDriver } from '../distribution/driver.ts'
import type { Setting } from '../distribution/tasks.ts'
import { FilesystemDriver } from '../drivers/filesystem/driver.ts'

/** What a worker has to know before its first task. Everything in it can cross to another thread. */
export interface WorkerData {
  readonly setting: Setting
  readonly driver: DriverOptions
}

export interface DriverOptions {
  readonly kind: 'filesystem'
  readonly followSymlinks: boolean
}

/** Each worker has a driver of its own. */
export function driverFor({ followSymlinks }: DriverOptions): StorageDriver {
  return new FilesystemDriver(followSymlinks)
}
