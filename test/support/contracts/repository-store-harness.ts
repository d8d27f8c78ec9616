import { expect } from 'vitest'
import type { Evidence } from '../../../src/check/findings/evidence.ts'
import type { RepositoryStore } from '../../../src/check/ports.ts'
import type { StoreErrorCode } from '../../../src/check/store-error.ts'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import { digestOf } from '../builders/images.ts'
import type { StoragePaths } from '../builders/storage-paths.ts'
import { MemoryRegistry } from '../simulated/memory-registry.ts'

/** One way to look at a storage: what a source's tests bring to run the contract of the port. */
export interface PortHarness {
  /**
   * A store over a storage that holds what `storage` holds, bad links and unreadable places included. It is asked
   * nothing more once another one is opened.
   * @param proves whether bytes of the right size are hashed too
   */
  open(storage: MemoryRegistry, repository: string, proves: boolean): Promise<OpenStore>
  /**
   * Who sees the storage knows links, paths and causes, and tells a bad link from one that cannot be read. Who sees only
   * what a server makes of it cannot: what is missing is not served, and what is bad the server fails to answer.
   */
  readonly sees: 'storage' | 'what is served'
  /** What an unreadable place answers. */
  readonly unreadable: StoreErrorCode
}

export interface OpenStore {
  readonly store: RepositoryStore
  /** Where the evidence of a store that sees the storage says that things are. */
  readonly at: StoragePaths
  /** Where the evidence of the others says so: a repository's address, without a slash at the end. */
  readonly url?: string
}

export const NAME = 'team/app'
/** Its content was never stored. */
export const nowhere: Digest = parseDigest(digestOf(Buffer.from('nowhere')))

/** Open a store over a storage that a test has filled. */
export async function over(
  harness: PortHarness,
  fill: (storage: MemoryRegistry) => void,
  proves = false,
): Promise<OpenStore> {
  const storage = new MemoryRegistry()
  storage.repository(NAME)
  fill(storage)
  return harness.open(storage, NAME, proves)
}

export function failureOf({ unreadable }: PortHarness): unknown {
  return expect.objectContaining({ name: 'StoreError', code: unreadable })
}

/** An answer as a test words it for a store that sees the storage. */
interface Worded {
  readonly is: string
  readonly cause?: string
  readonly evidence: Evidence
}

/** Turns the words of who sees the storage into those of the store that is under test. */
export interface Words {
  /** Something is not there. @param path of the request for it, from the repository on */
  missing<T extends Worded>(path: string, seen: T): unknown
  /** Something is there whose link or bytes no server can read. */
  bad<T extends Worded>(seen: T): unknown
  /** Something is there. @param served what else a server's client would say of it */
  there<T extends Worded>(path: string, seen: T, served?: Readonly<Record<string, unknown>>): unknown
}

export function wordsOf(harness: PortHarness, { url }: OpenStore): Words {
  if (harness.sees === 'storage') return { missing: (_, seen) => seen, bad: (seen) => seen, there: (_, seen) => seen }
  const evidence = (path: string, more: object = {}) => ({ url: `${url}/${path}`, ...more })
  return {
    missing: (path, { is }) => ({ is, cause: 'not-served', evidence: evidence(path, { status: 404 }) }),
    bad: () => failureOf(harness),
    there: (path, seen, { status, ...served } = {}) => ({
      ...seen,
      ...served,
      evidence: evidence(path, status === undefined ? {} : { status }),
    }),
  }
}
