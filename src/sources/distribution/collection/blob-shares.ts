import type { Unreadable } from '../../../check/ports.ts'
import type { StrayData } from '../../../gc/inventory.ts'
import type { Entries, StorageDriver } from '../driver.ts'
import { blobsPath } from '../layout.ts'
import { digestOfPath } from './engine-digest.ts'
import { inOrder, listFetched } from './reading.ts'

/** The upper two levels of `blobs`. */
export interface BlobShares {
  readonly exists: boolean
  /** Directories of the second level, such as `sha256/ab`, in the order of a walk. */
  readonly places: readonly string[]
  readonly strays: readonly StrayData[]
  readonly obstacles: readonly string[]
  readonly unreadable: readonly Unreadable[]
}

/** Lists the directories of `blobs` that threads can read. */
export async function listBlobShares(driver: StorageDriver, v2: string): Promise<BlobShares> {
  const blobs = blobsPath(v2)
  const unreadable: Unreadable[] = []
  const strays: StrayData[] = []
  const obstacles: string[] = []
  const places: string[] = []
  const list = (path: string): Promise<Entries | undefined> => listFetched(driver, { path, within: v2 }, unreadable)
  const stray = (place: string): void => {
    const read = digestOfPath(place)
    if (typeof read !== 'string')
      strays.push({ path: `${blobs}${place && '/'}${place}/data`, bytes: 0, takenFor: read })
  }
  const top = await list(blobs)
  for (const algorithm of top === undefined ? [] : inOrder(top)) {
    if (algorithm.isFile) {
      if (algorithm.name === 'data') stray('')
      else obstacles.push(algorithm.name)
      continue
    }
    const entries = await list(`${blobs}/${algorithm.name}`)
    for (const { name, isFile } of entries === undefined ? [] : inOrder(entries)) {
      const place = `${algorithm.name}/${name}`
      if (!isFile) places.push(place)
      else if (name === 'data') stray(algorithm.name)
      else obstacles.push(place)
    }
  }
  return { exists: top !== undefined || unreadable.length > 0, places, strays, obstacles, unreadable }
}
