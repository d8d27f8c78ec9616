import { compareText } from '../../check/compare-text.ts'
import type { Storage } from '../../check/records.ts'
import type { Garbage } from '../../check/source.ts'
import type { StorageDriver } from './driver.ts'
import type { SharedDigestTable } from './proof/digest-table.ts'
import { placeRecord } from './repositories.ts'
import { listPrefixes } from './survey.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Makes the workers search for unneeded content. @param needed `undefined`: it is unknown which blobs are needed */
export async function collectGarbage(
  repositories: readonly string[],
  needed: SharedDigestTable | undefined,
  where: { readonly v2: string; readonly driver: StorageDriver; readonly pool: WorkerPool; readonly now: number },
): Promise<Garbage> {
  const { v2, driver, pool, now } = where
  const { prefixes, failed } = await listPrefixes(v2, driver)
  const found = await Promise.all([
    ...[...new Set(repositories)]
      .sort(compareText)
      .map((repository) => pool.run({ do: 'find-leftovers', repository, now })),
    ...(needed ? prefixes.map((prefix) => pool.run({ do: 'find-unneeded', prefixes: [prefix], needed, now })) : []),
  ])
  const unchecked = [...failed.map(placeRecord), ...found.flatMap((each) => each.unchecked)]
  return {
    findings: found.flatMap(({ findings }) => findings),
    unchecked: [...new Map(unchecked.map((record) => [record.path, record])).values()],
    ...(needed && { storage: found.reduce(addStorage, { blobs: 0, bytes: 0 }) }),
  }
}

function addStorage(sum: Storage, { storage }: Garbage): Storage {
  return storage ? { blobs: sum.blobs + storage.blobs, bytes: sum.bytes + storage.bytes } : sum
}
