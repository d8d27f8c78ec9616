import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { StoreError, type StoreErrorCode } from '../../../src/check/store-error.ts'
import { digestOf, type HashAlgorithm } from '../../../src/oci/digest.ts'
import {
  type Entries,
  type Hashed,
  NotFetched,
  type Stat,
  type StorageDriver,
} from '../../../src/sources/distribution/driver.ts'

/** An object store in memory: names and bytes, no directories, and no answer before it was fetched. */
export class ObjectStorage {
  readonly objects: Map<string, Uint8Array> = new Map()
  /** By name or prefix: what cannot be read, and why not. */
  readonly unreadable: Map<string, StoreErrorCode> = new Map()
  /** What drivers have fetched: `LIST prefix`, `GET name`. */
  readonly requests: string[] = []

  driver(): StorageDriver {
    return new ObjectDriver(this)
  }
}

/** What a listing says of an object: with the MD5 of its bytes, as the ETag of S3 has it. */
interface Listed {
  readonly size: number
  readonly md5: string
}

type Fetched<T> = T | StoreError

/** Answers from what it has fetched: all names below a prefix with one listing, the bytes of an object with one request. */
class ObjectDriver implements StorageDriver {
  readonly keepsDirectories = false
  readonly followsSymlinks = false
  readonly #storage: ObjectStorage
  readonly #listings = new Map<string, Fetched<ReadonlyMap<string, Listed>>>()
  /** Dropped once they were asked for. */
  readonly #bodies = new Map<string, Fetched<Uint8Array | undefined>>()

  constructor(storage: ObjectStorage) {
    this.#storage = storage
  }

  list(path: string): Entries | undefined {
    const directories = new Set<string>()
    const files: string[] = []
    for (const name of this.#below(path)) {
      const rest = name.slice(path.length + 1)
      if (rest.includes('/')) directories.add(rest.slice(0, rest.indexOf('/')))
      else files.push(rest)
    }
    return directories.size + files.length === 0 ? undefined : { directories: [...directories], files, unreadable: [] }
  }

  stat(path: string): Stat | undefined {
    const listed = this.#listed(path).get(path)
    if (listed) return { is: 'file', size: listed.size, mtimeMs: 0 }
    return this.#below(path).length > 0 ? { is: 'directory', size: 0, mtimeMs: 0 } : undefined
  }

  exists(path: string): boolean {
    return this.stat(path) !== undefined
  }

  read(path: string, into: Uint8Array): number | 'missing' | 'directory' {
    const bytes = this.#body(path)
    if (bytes !== undefined) return Buffer.from(bytes).copy(into)
    return this.stat(path)?.is === 'directory' ? 'directory' : 'missing'
  }

  holds(path: string, text: string): boolean {
    return this.#listed(path).get(path)?.md5 === md5Of(Buffer.from(text))
  }

  hash(path: string, algorithm: HashAlgorithm, isStopped: () => boolean): Hashed | undefined {
    const bytes = this.#body(path)
    if (bytes === undefined) return undefined
    if (isStopped()) throw new StoreError('was not read to the end', { code: 'STORE_READ_FAILED', place: path })
    const measured = digestOf(algorithm, createHash(algorithm).update(bytes).digest('hex'))
    return { measured, bytes: bytes.byteLength }
  }

  identity(path: string): string | undefined {
    return this.#below(path).length > 0 ? path : undefined
  }

  isEmpty(path: string): boolean {
    return this.#below(path).length === 0
  }

  #below(path: string): string[] {
    return [...this.#listed(path).keys()].filter((name) => name.startsWith(`${path}/`))
  }

  /** A listing in which a path would be. */
  #listed(path: string): ReadonlyMap<string, Listed> {
    for (let prefix = path; ; prefix = dirname(prefix)) {
      const listing = this.#listings.get(prefix)
      if (listing instanceof StoreError) throw listing
      if (listing) return this.#readable(path, listing)
      if (prefix === dirname(prefix)) break
    }
    throw new NotFetched(
      path,
      this.#fetch(path, 'LIST', this.#listings, () => this.#list(path)),
    )
  }

  #list(prefix: string): ReadonlyMap<string, Listed> {
    const all = [...this.#storage.objects].filter(([name]) => name === prefix || name.startsWith(`${prefix}/`))
    return new Map(all.map(([name, bytes]) => [name, { size: bytes.byteLength, md5: md5Of(bytes) }]))
  }

  #body(path: string): Uint8Array | undefined {
    if (!this.#bodies.has(path))
      throw new NotFetched(
        path,
        this.#fetch(path, 'GET', this.#bodies, () => this.#storage.objects.get(path)),
      )
    const body = this.#bodies.get(path)
    if (body instanceof StoreError) throw body
    return body
  }

  /** @throws {StoreError} */
  #readable<T>(path: string, answer: T): T {
    const code = this.#storage.unreadable.get(path)
    if (code !== undefined) throw new StoreError('cannot be had', { code, place: path })
    return answer
  }

  /** What fails is the answer to the next question. */
  async #fetch<T>(path: string, verb: string, into: Map<string, Fetched<T>>, ask: () => T): Promise<void> {
    this.#storage.requests.push(`${verb} ${path}`)
    await new Promise((resolve) => setImmediate(resolve))
    const code = this.#whyUnreadable(path)
    into.set(path, code === undefined ? ask() : new StoreError('cannot be had', { code, place: path }))
  }

  #whyUnreadable(path: string): StoreErrorCode | undefined {
    for (let prefix = path; prefix !== dirname(prefix); prefix = dirname(prefix)) {
      const code = this.#storage.unreadable.get(prefix)
      if (code !== undefined) return code
    }
    return undefined
  }
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
