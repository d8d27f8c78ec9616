import { type RepositoryCheck, type Source, type StoragePlace, TargetError } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import type { Digest } from '../../oci/digest.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { StorageDriver } from './driver.ts'
import type { RegistryPlace } from './layout.ts'
import { type Anchor, anchorsOf } from './presence/anchors.ts'
import { nothingThere, requireMounted, requireTagsInFiles } from './presence/mounted.ts'
import { DigestTable, KEY } from './proof/digest-table.ts'
import { Proof } from './proof/proof.ts'
import { findRepositories, holdsTags } from './repositories.ts'
import { survey } from './survey.ts'
import type { Setting } from './tasks.ts'
import { whenFetched } from './when-fetched.ts'
import type { WorkerPool } from './worker-pool.ts'

/** How storage is scanned. */
export interface DistributionOptions {
  readonly registry: string
  /** Called for each task, so that tasks share no fetched data. */
  readonly newDriver: () => StorageDriver
  /** Makes the workers, which read through drivers of their own. */
  readonly pool: (setting: Setting) => WorkerPool
  /** The directory above `v2`, by a path that needs no other. */
  readonly above: string
  /** Missing if there are no files that a person could move. */
  readonly storage?: StoragePlace
  /** Whether garbage will be searched for: then the needed blobs are recorded. */
  readonly garbage: boolean
  readonly now: () => Date
}

/**
 * A registry's storage in the distribution layout.
 * @throws {TargetError} if it no longer exists
 */
export async function distributionSource(place: RegistryPlace, options: DistributionOptions): Promise<Source> {
  const { v2 } = place
  const { newDriver } = options
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const pool = options.pool({ v2, stop, anchors: await anchorsAtStart(place, newDriver()) })
  const proof = new Proof(pool)
  const needed = new DigestTable()
  const names: string[] = []
  /** The directory of each repository at its first check, if a later check may drop something. */
  const homes = new Map<string, string | undefined>()
  const raiseStop = (): void => void Atomics.store(stop, 0, 1)
  let stopped: AbortSignal | undefined
  /** The digests that the workers know that they are to explain. */
  let told: ReadonlySet<Digest> | undefined
  return {
    target: place.root,
    registry: options.registry,
    kind: 'distribution',
    ...(options.storage && { storage: options.storage }),
    width: pool.width,
    async *repositories(signal) {
      stopped = signal
      signal.addEventListener('abort', raiseStop, { once: true })
      const driver = newDriver()
      await requireTagsInFiles(options.above, driver)
      await requireMounted(v2, driver)
      yield* await survey(v2, driver, pool)
      let isEmpty = true
      for await (const repository of findRepositories(driver, v2)) {
        isEmpty = false
        yield repository
      }
      if (isEmpty) throw await nothingThere(v2, driver)
    },
    async check(repository: string, how: RepositoryCheck) {
      const { rules, allTags, seenBefore } = how
      const proved = how.again ? proof.proved : undefined
      const listNeeded = options.garbage
      const home = homes.get(repository)
      const result = await pool.run({ do: 'check', repository, home, rules, allTags, seenBefore, proved, listNeeded })
      if (!how.again) proof.putOff(repository, result.later)
      if (!how.again && (result.report.findings.length > 0 || rules.depth === 'content'))
        homes.set(repository, result.home)
      if (listNeeded) {
        names.push(repository)
        for (let n = 0; n < result.needed.sizes.length; n++) needed.add(result.needed.keys, n * KEY)
      }
      return result.report
    },
    reachIn(repository, question, { asked }) {
      if (asked !== told) pool.instruct({ do: 'ask', asked })
      told = asked
      return pool.run({ do: 'reach', repository, question })
    },
    settle: (onProgress, signal) => proof.settle(onProgress, signal),
    async stillThere(repositories) {
      return { lost: await pool.run({ do: 'prove', homes: pick(homes, repositories) }), back: [] }
    },
    holdsTags: () => holdsTags(newDriver(), v2),
    garbage: (judgesBlobs) =>
      collectGarbage(names, judgesBlobs ? needed.shared : undefined, {
        v2,
        driver: newDriver(),
        pool,
        now: options.now().getTime(),
      }),
    close() {
      stopped?.removeEventListener('abort', raiseStop)
      return pool.close()
    },
  }
}

/** @throws {TargetError} if it no longer exists */
async function anchorsAtStart(place: RegistryPlace, driver: StorageDriver): Promise<readonly Anchor[]> {
  try {
    const anchors = await whenFetched(() => anchorsOf(place, driver))
    if (anchors.some(({ path }) => path === place.v2)) return anchors
    throw new TargetError(`${place.v2} no longer exists: it was moved, unmounted or deleted`, { because: 'storage' })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new TargetError(`${error.place} ${error.message}`, { cause: error })
  }
}

function pick<T>(from: ReadonlyMap<string, T>, keys: readonly string[]): ReadonlyMap<string, T | undefined> {
  return new Map(keys.map((key) => [key, from.get(key)]))
}
