import type { Digest } from '../oci/digest.ts'
import type { Finding } from './findings/finding.ts'
import type { Unreadable } from './ports.ts'
import type { ReachQuestion, RepositoryReach } from './reach/reach-records.ts'
import type { RepositoryReport, Storage, UncheckedRecord } from './records.ts'
import type { Rules } from './rules.ts'
import { StoreError, type StoreErrorCode } from './store-error.ts'
import type { TargetKind } from './target-kind.ts'

/** One registry: lists its repositories and checks each of them. */
export interface Source {
  /** The target as the operator wrote it, or the registry that was found below it. */
  readonly target: string
  /** The name of the registry, unique in a run. */
  readonly registry: string
  readonly kind: TargetKind
  /** The URL of the API that storage is compared with. */
  readonly against?: string
  /** Where a repair moves files to. Missing if the source has no files. */
  readonly storage?: StoragePlace
  /** How many repositories to check in parallel. */
  readonly width: number
  /**
   * Yields repository names in any order, and places that could not be listed.
   * @throws {TargetError} if the whole target cannot be read
   */
  repositories(signal: AbortSignal): AsyncIterable<string | UncheckedRecord>
  check(repository: string, how: RepositoryCheck): Promise<RepositoryReport>
  /** Finds what is reached in one repository, in place of a check. Missing if the source cannot tell. */
  reachIn?(repository: string, question: ReachQuestion, how: ReachHow): Promise<RepositoryReach>
  /**
   * Called after every repository was checked once.
   * @throws {TargetError} if all checks together show that the target is another registry
   */
  afterFirstCheck?(): void
  /**
   * Hashes the blobs that the first checks deferred.
   * @returns by repository, the digests whose first check is no longer valid; extra digests do no harm
   */
  settle(onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<Suspects>
  /**
   * Finds garbage. Call it only after every repository was checked.
   * @param blobs `false` if it is unknown which blobs are needed: then none is reported
   */
  garbage?(blobs: boolean): Promise<Garbage>
  /**
   * Whether the registry is still the one from the start of the scan. Only then does a missing tag mean that it was
   * deleted. A source without this method has nothing that can disappear during a scan.
   *
   * @param repositories whose earlier findings are about to be dropped
   */
  stillThere?(repositories: readonly string[], signal: AbortSignal): Promise<Presence>
  /** Whether any repository, selected or not, has a tag; `true` if unknown. Missing if the source cannot see revisions. */
  holdsTags?(): Promise<boolean>
  close(): Promise<void>
}

/** Where a registry stores its files. */
export interface StoragePlace {
  /** A directory beside the root, never in it. */
  readonly quarantine: string
  /** Makes a path of the registry absolute. */
  readonly absolute: (path: string) => string
}

/** Which parts of a registry are still there. */
export interface Presence {
  /** What is gone or was replaced. Empty: all of it is still there. */
  readonly lost: readonly LostPlace[]
  /** Repositories that were empty and now have content: to be checked again. */
  readonly back: readonly string[]
}

/** A place that disappeared or was replaced during the scan. */
export type LostPlace = Unreadable & {
  /** Missing: the registry as a whole. */
  readonly repository?: string
}

/** Content that nothing needs. */
export interface Garbage {
  readonly findings: readonly Finding[]
  readonly unchecked: readonly UncheckedRecord[]
  /** Everything that is stored, needed or not. Only set if blobs were listed. */
  readonly storage?: Storage
}

/** How to find what is reached in one repository. */
export interface ReachHow {
  /** Digests to explain: the same set in each call. */
  readonly asked: ReadonlySet<Digest>
  readonly signal: AbortSignal
}

/** How to check one repository. */
export interface RepositoryCheck {
  readonly rules: Rules
  readonly allTags: boolean
  /** `true`: bypass all caches and read everything again. */
  readonly again: boolean
  /** In the last check: the subjects that earlier checks found damaged. Other damage is dropped. */
  readonly seenBefore: ReadonlySet<string> | undefined
  readonly signal: AbortSignal
}

/** Subjects (see `subjectOf`) to check again, by repository. */
export type Suspects = ReadonlyMap<string, ReadonlySet<string>>

/** The target cannot be scanned: it does not exist, is not a registry, or is not mounted. */
export class TargetError extends Error {
  readonly because: UnreadableCode

  /** @param options.because the code, if it does not follow from the cause */
  constructor(message: string, options: { readonly cause?: unknown; readonly because?: UnreadableCode } = {}) {
    super(message, options)
    this.name = 'TargetError'
    this.because = options.because ?? unreadableCode(options.cause)
  }
}

/** Why a target cannot be read. A small set, because metrics count by it. */
export type UnreadableCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'unsupported'
  | 'tls'
  | 'dns'
  | 'connect'
  | 'timeout'
  | 'rate_limited'
  | 'server_error'
  | 'malformed'
  | 'storage'

/** The code for a target that cannot be read because of a store's error. */
export function unreadableCode(cause: unknown): UnreadableCode {
  return cause instanceof StoreError ? BY_STORE[cause.code] : 'storage'
}

const BY_STORE: Readonly<Record<StoreErrorCode, UnreadableCode>> = {
  STORE_UNREACHABLE: 'connect',
  STORE_TIMEOUT: 'timeout',
  STORE_THROTTLED: 'rate_limited',
  STORE_DENIED: 'forbidden',
  STORE_SERVER_ERROR: 'server_error',
  STORE_TLS: 'tls',
  STORE_DNS: 'dns',
  STORE_READ_FAILED: 'storage',
  STORE_MALFORMED: 'malformed',
  SYMLINK: 'unsupported',
}
