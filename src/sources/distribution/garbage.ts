import { dirname } from 'node:path'
import type { Finding } from '../../check/findings/finding.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import type { Garbage } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import { type Entries, fileSize, requirePassable, type StorageDriver } from './driver.ts'
import { blobsPath, repositoryHome } from './layout.ts'
import { isKnownAbsent, listKnown, vanished } from './presence/absence.ts'
import { DigestTable, KEY, type SharedDigestTable } from './proof/digest-table.ts'
import { placeRecord } from './repositories.ts'

/** Milliseconds. A push may still be running, so nothing younger is garbage. */
const FRESH = 60 * 60 * 1000
/** Milliseconds after which the registry itself purges an upload (`uploadpurging.age`, 168 h). */
const ABANDONED = 168 * 60 * 60 * 1000

/** The common fields of findings about unneeded content. */
const NOTICE = { severity: 'notice', tags: [], parents: [], platforms: [] } as const

/** Blobs that no manifest needs, and leftovers of crashes in their directories. @param task.prefixes such as `sha256/ab` */
export function findUnneeded(
  task: { readonly prefixes: readonly string[]; readonly needed: SharedDigestTable; readonly now: number },
  v2: string,
  driver: StorageDriver,
): Garbage {
  const search = new Search(driver, task.now, blobsPath(v2))
  const storage = { blobs: 0, bytes: 0 }
  const key = Buffer.alloc(KEY)
  for (const prefix of task.prefixes) {
    const home = `${blobsPath(v2)}/${prefix}`
    for (const encoded of search.list(home)?.directories ?? []) {
      const digest = `${prefix.slice(0, prefix.indexOf('/'))}:${encoded}`
      search.debris(`${home}/${encoded}`, undefined)
      if (!isDigest(digest)) continue
      const path = `${home}/${encoded}/data`
      const bytes = search.bytes(path)
      if (bytes === undefined) {
        search.requireAbsent(path)
        continue
      }
      storage.blobs++
      storage.bytes += bytes
      if (!digest.startsWith('sha256:')) continue
      key.write(encoded, 0, KEY, 'hex')
      if (!DigestTable.has(task.needed, key)) search.unneeded(digest, path)
    }
  }
  return { findings: search.findings, unchecked: search.unchecked, storage }
}

/** Abandoned uploads, and leftovers of crashes in the directories of links. */
export function findLeftovers(
  task: { readonly repository: string; readonly now: number },
  v2: string,
  driver: StorageDriver,
): Garbage {
  const { repository } = task
  const home = repositoryHome(v2, repository)
  const search = new Search(driver, task.now, dirname(home))
  for (const upload of search.listBelow(home, '_uploads')?.directories ?? [])
    search.upload(repository, `${home}/_uploads/${upload}`)
  for (const links of ['_layers', '_manifests/revisions'])
    for (const algorithm of search.listBelow(home, links)?.directories ?? [])
      for (const encoded of search.list(`${home}/${links}/${algorithm}`)?.directories ?? [])
        search.debris(`${home}/${links}/${algorithm}/${encoded}`, repository)
  for (const tag of search.listBelow(home, '_manifests/tags')?.directories ?? [])
    if (search.isPassable(`${home}/_manifests/tags/${tag}/current`))
      search.debris(`${home}/_manifests/tags/${tag}/current`, repository)
  return search
}

class Search implements Garbage {
  readonly findings: Finding[] = []
  readonly unchecked: UncheckedRecord[] = []
  readonly #driver: StorageDriver
  readonly #now: number
  readonly #within: string

  /** @param within a directory that must exist: otherwise nothing below it is known to be missing */
  constructor(driver: StorageDriver, now: number, within: string) {
    this.#driver = driver
    this.#now = now
    this.#within = within
  }

  /** Lists a directory whose parents below `home` were not listed: one may be a symbolic link to anywhere. */
  listBelow(home: string, path: string): Entries | undefined {
    const parts = path.split('/')
    const isPassable = parts.every((_, n) => this.isPassable(`${home}/${parts.slice(0, n + 1).join('/')}`))
    return isPassable ? this.list(`${home}/${path}`) : undefined
  }

  /** Whether the entry has the expected kind. A link that is not followed is reported. */
  isPassable(path: string): boolean {
    return (
      this.#trying(() => {
        requirePassable(this.#driver, path)
        return true
      }) ?? false
    )
  }

  list(path: string): Entries | undefined {
    return this.#trying(() => listKnown(this.#driver, path, this.#within))
  }

  /** The size of a file. A place that cannot be read is reported elsewhere. */
  bytes(path: string): number | undefined {
    try {
      const size = fileSize(this.#driver, path)
      return typeof size === 'number' ? size : undefined
    } catch (error) {
      if (error instanceof StoreError) return undefined
      throw error
    }
  }

  /** If there is no size, the directory has no blob, unless the storage disappeared. */
  requireAbsent(path: string): void {
    this.#trying(() => {
      if (!this.#driver.exists(path) && !isKnownAbsent(this.#driver, path, this.#within)) throw vanished(path)
    })
  }

  unneeded(digest: Digest, path: string): void {
    const stats = this.#trying(() => this.#driver.stat(path))
    if (stats && this.#now - stats.mtimeMs > FRESH)
      this.findings.push({
        ...NOTICE,
        code: 'blob-unreferenced',
        cause: 'unreferenced',
        repository: undefined,
        digest,
        evidence: { path, bytes: stats.size },
      })
  }

  debris(directory: string, repository: string | undefined): void {
    for (const name of this.list(directory)?.files ?? []) {
      if (!name.endsWith('.tmp')) continue
      const path = `${directory}/${name}`
      const stats = this.#trying(() => this.#driver.stat(path))
      if (stats && this.#now - stats.mtimeMs > FRESH)
        this.findings.push({
          ...NOTICE,
          code: 'crash-debris',
          cause: 'temporary-file',
          repository,
          evidence: { path, bytes: stats.size },
        })
    }
  }

  upload(repository: string, path: string): void {
    const begun = this.#trying(() => startOf(this.#driver, path))
    if (begun === undefined || this.#now - begun <= ABANDONED) return
    const bytes = this.#trying(() => this.#driver.stat(`${path}/data`))?.size ?? 0
    const startedAt = timeText(begun)
    this.findings.push({
      ...NOTICE,
      code: 'upload-abandoned',
      cause: 'expired',
      repository,
      evidence: { path, startedAt, bytes },
    })
  }

  #trying<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.unchecked.push(placeRecord({ place: error.place, because: error.code, detail: error.message }))
      return undefined
    }
  }
}

/** The start of an upload in milliseconds, from its `startedat` file, or from its directory if that cannot be read. */
function startOf(driver: StorageDriver, upload: string): number | undefined {
  const path = `${upload}/startedat`
  if (driver.stat(path) === undefined) return driver.stat(upload)?.mtimeMs
  const into = Buffer.alloc(64)
  const read = driver.read(path, into)
  const stated = Date.parse(into.toString('latin1', 0, typeof read === 'number' ? read : 0).trim())
  return Number.isNaN(stated) ? driver.stat(upload)?.mtimeMs : stated
}

/** @param time milliseconds; a file system may hold times that `Date` cannot represent */
function timeText(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? `at the time ${time / 1000}` : date.toISOString()
}
