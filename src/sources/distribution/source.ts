import { dirname, resolve } from 'node:path'
import { compareText } from '../../check/compare-text.ts'
import type { UncheckedRecord } from '../../check/judge/judge.ts'
import type { Unreadable } from '../../check/ports.ts'
import { type Garbage, type Look, type Source, type Storage, TargetError } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import { Files } from '../drivers/filesystem/driver.ts'
import { blobsPath, type RegistryPlace } from './layout.ts'
import { listKnown } from './presence/absence.ts'
import { anchorsOf } from './presence/anchors.ts'
import { nothingThere, requireMounted, requireTagsInFiles } from './presence/mounted.ts'
import { DigestTable, KEY } from './proof/digest-table.ts'
import { Proof } from './proof/proof.ts'
import { findRepositories, holdsTags, placeRecord } from './repositories.ts'
import type { Setting } from './tasks.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface DistributionOptions {
  readonly registry: string
  readonly followSymlinks: boolean
  /** Whether it will be asked for what only takes up space: then it keeps count of what is needed. */
  readonly garbage: boolean
  readonly now: () => Date
  /** Makes whoever reads the files. */
  readonly pool: (setting: Setting) => WorkerPool
}

/** A registry's storage in the distribution layout on a file system. */
export function distributionSource(found: RegistryPlace, options: DistributionOptions): Source {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const setting = { v2: found.v2, followSymlinks: options.followSymlinks, stop, anchors: anchorsAtStart(found) }
  const files = new Files(options.followSymlinks)
  const pool = options.pool(setting)
  const proof = new Proof(pool)
  const needed = new DigestTable()
  const names: string[] = []
  /** Which directory each repository was at its first look, where something may be dropped at a later one. */
  const homes = new Map<string, string | undefined>()
  const raiseStop = (): void => void Atomics.store(stop, 0, 1)
  let stopped: AbortSignal | undefined
  return {
    target: found.root,
    registry: options.registry,
    kind: 'distribution',
    storage: { quarantine: `${resolve(found.root)}.quarantine`, absolute: (path) => resolve(path) },
    width: pool.width,
    async *repositories(signal) {
      stopped = signal
      signal.addEventListener('abort', raiseStop, { once: true })
      requireTagsInFiles(found.v2, files)
      requireMounted(found.v2, files)
      yield* await survey(found.v2, files, pool)
      let isEmpty = true
      for (const repository of findRepositories(files, found.v2)) {
        isEmpty = false
        yield repository
      }
      if (isEmpty) throw nothingThere(found.v2, files)
    },
    async look(repository: string, how: Look) {
      const { rules, allTags, believed } = how
      const proved = how.again ? proof.proved : undefined
      const listNeeded = options.garbage
      const home = homes.get(repository)
      const looked = await pool.run({ do: 'look', repository, home, rules, allTags, believed, proved, listNeeded })
      if (!how.again) proof.putOff(repository, looked.later)
      if (!how.again && (looked.report.findings.length > 0 || rules.depth === 'content'))
        homes.set(repository, looked.home)
      if (listNeeded) {
        names.push(repository)
        for (let n = 0; n < looked.needed.sizes.length; n++) needed.add(looked.needed.keys, n * KEY)
      }
      return looked.report
    },
    settle: (onProgress, signal) => proof.settle(onProgress, signal),
    async stillThere(repositories) {
      return { lost: await pool.run({ do: 'prove', homes: pick(homes, repositories) }), back: [] }
    },
    holdsTags: () => holdsTags(files, found.v2),
    garbage: (blobs) =>
      collectGarbage(new Set(names), blobs, { needed, pool, files, v2: found.v2, now: options.now().getTime() }),
    close() {
      stopped?.removeEventListener('abort', raiseStop)
      return pool.close()
    },
  }
}

/** @throws {TargetError} where there is nothing any more */
function anchorsAtStart(found: RegistryPlace): ReturnType<typeof anchorsOf> {
  try {
    const anchors = anchorsOf(found)
    if (anchors.some(({ path }) => path === found.v2)) return anchors
    throw new TargetError(`${found.v2} no longer exists: it was moved, unmounted or deleted`, {
      because: 'storage',
    })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new TargetError(`${error.place} ${error.message}`, { cause: error })
  }
}

function pick<T>(from: ReadonlyMap<string, T>, keys: readonly string[]): ReadonlyMap<string, T | undefined> {
  return new Map(keys.map((key) => [key, from.get(key)]))
}

/** Directories that are listed before a second thread would have started. */
const TOO_FEW_TO_SHARE = 32

/** Find what lies in the way to the blobs, tell every worker, and name what no repository will come across by itself. */
async function survey(v2: string, files: Files, pool: WorkerPool): Promise<UncheckedRecord[]> {
  const blobs = blobsPath(v2)
  const barred = new Map<string, Unreadable>()
  const take = (path: string): readonly string[] => {
    try {
      const entries = listKnown(files, path, dirname(path))
      for (const bar of entries?.unreadable ?? []) barred.set(bar.place.slice(blobs.length + 1), bar)
      return entries?.directories ?? []
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      barred.set(path.slice(blobs.length + 1), { place: path, because: error.code, detail: error.message })
      return []
    }
  }
  const prefixes = take(blobs).flatMap((algorithm) =>
    take(`${blobs}/${algorithm}`).map((prefix) => `${algorithm}/${prefix}`),
  )
  const surveys = shares(prefixes, prefixes.length > TOO_FEW_TO_SHARE ? pool.width : 1).map((share) =>
    pool.run({ do: 'survey', prefixes: share }),
  )
  for (const surveyed of await Promise.all(surveys)) for (const [place, bar] of surveyed.barred) barred.set(place, bar)
  if (barred.size > 0) pool.instruct({ do: 'bar', barred })
  return [...barred.values()].map(placeRecord)
}

async function collectGarbage(
  repositories: ReadonlySet<string>,
  judgeBlobs: boolean,
  what: {
    readonly needed: DigestTable
    readonly pool: WorkerPool
    readonly files: Files
    readonly v2: string
    readonly now: number
  },
): Promise<Garbage> {
  const { pool, now } = what
  const needed = what.needed.shared
  const blobs = blobsPath(what.v2)
  const lost: UncheckedRecord[] = []
  const take = (path: string): readonly string[] => {
    try {
      return listKnown(what.files, path, dirname(path))?.directories ?? []
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      lost.push(placeRecord({ place: error.place, because: error.code, detail: error.message }))
      return []
    }
  }
  const prefixes = take(blobs).flatMap((algorithm) =>
    take(`${blobs}/${algorithm}`).map((prefix) => `${algorithm}/${prefix}`),
  )
  const found = await Promise.all([
    ...[...repositories].sort(compareText).map((repository) => pool.run({ do: 'find-leftovers', repository, now })),
    ...(judgeBlobs ? prefixes : []).map((prefix) => pool.run({ do: 'find-unneeded', prefixes: [prefix], needed, now })),
  ])
  const places = new Map(
    [...lost, ...found.flatMap(({ unchecked }) => unchecked)].map((record) => [record.path, record]),
  )
  return {
    findings: found.flatMap(({ findings }) => findings),
    unchecked: [...places.values()],
    ...(judgeBlobs && { storage: found.reduce(addStorage, { blobs: 0, bytes: 0 }) }),
  }
}

function addStorage(sum: Storage, { storage }: Garbage): Storage {
  return storage ? { blobs: sum.blobs + storage.blobs, bytes: sum.bytes + storage.bytes } : sum
}

function shares<T>(items: readonly T[], parts: number): T[][] {
  const size = Math.ceil(items.length / parts)
  return size === 0 ? [] : Array.from({ length: parts }, (_, n) => items.slice(n * size, (n + 1) * size))
}
