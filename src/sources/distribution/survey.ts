import { dirname } from 'node:path'
import type { Unreadable } from '../../check/ports.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { StoreError } from '../../check/store-error.ts'
import type { StorageDriver } from './driver.ts'
import { blobsPath } from './layout.ts'
import { listKnown } from './presence/absence.ts'
import { placeRecord } from './repositories.ts'
import { orStoreError, whenFetched } from './when-fetched.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Directories that are listed before a second thread would have started. */
const TOO_FEW_TO_SHARE = 32

/** Finds entries of `blobs/` that must not be followed, sends them to every worker, and returns those that no repository will report. */
export async function survey(v2: string, driver: StorageDriver, pool: WorkerPool): Promise<UncheckedRecord[]> {
  const blobs = blobsPath(v2)
  const { prefixes, unreadable, failed } = await listPrefixes(v2, driver)
  const barred = new Map([...unreadable, ...failed].map((bar) => [bar.place.slice(blobs.length + 1), bar]))
  const surveys = shares(prefixes, prefixes.length > TOO_FEW_TO_SHARE ? pool.width : 1).map((share) =>
    pool.run({ do: 'survey', prefixes: share }),
  )
  for (const surveyed of await Promise.all(surveys)) for (const [place, bar] of surveyed.barred) barred.set(place, bar)
  if (barred.size > 0) pool.instruct({ do: 'bar', barred })
  return [...barred.values()].map(placeRecord)
}

interface Prefixes {
  /** Directories that contain blobs, such as `sha256/ab`. */
  readonly prefixes: readonly string[]
  /** Entries that are not followed, such as symbolic links. */
  readonly unreadable: readonly Unreadable[]
  /** Directories that could not be listed. */
  readonly failed: readonly Unreadable[]
}

/** Lists the directories of `blobs/` by the first characters of digests. */
export async function listPrefixes(v2: string, driver: StorageDriver): Promise<Prefixes> {
  const blobs = blobsPath(v2)
  const unreadable: Unreadable[] = []
  const failed: Unreadable[] = []
  const list = async (path: string): Promise<readonly string[]> => {
    const entries = await whenFetched(() => orStoreError(() => listKnown(driver, path, dirname(path))))
    if (entries instanceof StoreError) {
      failed.push({ place: path, because: entries.code, detail: entries.message })
      return []
    }
    unreadable.push(...(entries?.unreadable ?? []))
    return entries?.directories ?? []
  }
  const prefixes: string[] = []
  for (const algorithm of await list(blobs))
    for (const prefix of await list(`${blobs}/${algorithm}`)) prefixes.push(`${algorithm}/${prefix}`)
  return { prefixes, unreadable, failed }
}

function shares<T>(items: readonly T[], parts: number): T[][] {
  const size = Math.ceil(items.length / parts)
  return size === 0 ? [] : Array.from({ length: parts }, (_, n) => items.slice(n * size, (n + 1) * size))
}
