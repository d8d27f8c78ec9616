import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { StoragePaths } from '../builders/storage-paths.ts'
import { writeStorage } from '../builders/write-storage.ts'
import type { Ran } from '../command/run.ts'
import { regfsckHere } from '../command/run-in-process.ts'
import { MemoryRegistry } from '../simulated/memory-registry.ts'
import { type RegistryOptions, type RunningRegistry, startRegistry } from './registry.ts'

/** A running registry whose storage is exchanged beside it: without a descriptor cache it reads everything anew. */
export interface RegistrySwappingStorage {
  readonly registry: RunningRegistry
  /** Serve what a test puts into an empty storage, instead of all that was there. */
  holds(fill: (storage: MemoryRegistry) => void): StoragePaths
  /** Scan over the API, in this process, with a JSON report and no wait before the second look. */
  scan(...flags: readonly string[]): Promise<Ran>
}

export async function registrySwappingStorage(options: RegistryOptions): Promise<RegistrySwappingStorage> {
  const registry = await startRegistry(options)
  return {
    registry,
    holds: (fill) => {
      rmSync(join(options.root, 'docker'), { recursive: true, force: true })
      const storage = new MemoryRegistry()
      fill(storage)
      return writeStorage(storage, options.root)
    },
    scan: (...flags) => scanHere(registry.url, flags),
  }
}

/** As users do, but in this process. */
export function scanHere(url: string, flags: readonly string[] = []): Promise<Ran> {
  return regfsckHere(['scan', '--output=json', '--all-tags', '--recheck-delay=0', ...flags, url])
}
