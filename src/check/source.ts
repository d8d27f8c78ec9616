import type { Finding } from './findings/finding.ts'
import type { Unreadable } from './ports.ts'
import type { RepositoryReport, Storage, UncheckedRecord } from './records.ts'
import type { Rules } from './rules.ts'
import { StoreError, type StoreErrorCode } from './store-error.ts'
import type { TargetKind } from './target-kind.ts'

/** One registry, as a scan sees it: which repositories there are, and a look at each. */
export interface Source {
  /** As the operator wrote it, or as it was found below what he wrote. */
  readonly target: string
  /** The label, unique in a run. */
  readonly registry: string
  readonly kind: TargetKind
  /** The URL whose answers are held against it. */
  readonly against?: string
  /** Where files are moved that a repair has to have out of the way; left out where there are none to move. */
  readonly storage?: StoragePlace
  /** Looks that are worth having under way at one time. */
  readonly width: number
  /**
   * Names in no particular order, and places that could not be listed.
   * @throws {TargetError} where the whole target cannot be read
   */
  repositories(signal: AbortSignal): AsyncIterable<string | UncheckedRecord>
  look(repository: string, how: Look): Promise<RepositoryReport>
  /**
   * Called once every repository has been looked at once.
   * @throws {TargetError} where the looks together show that the target is not what it was taken for
   */
  afterFirstLooks?(): void
  /**
   * Prove what the first looks put off (the bytes of blobs).
   * @returns by repository, the digests whose first look no longer stands; more than that does no harm
   */
  settle(onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<Suspects>
  /**
   * What only takes up space; needs every repository to have been looked at.
   * @param blobs `false` where nobody can tell which blobs are needed: then none is called unneeded
   */
  garbage?(blobs: boolean): Promise<Garbage>
  /**
   * Whether the registry is still the one that was there at the start. Only then does it mean something that a thing is
   * not there: a tag that was deleted, a repository without tags. A source without this has nothing that could vanish.
   *
   * @param repositories of which earlier findings are about to be dropped
   */
  stillThere?(repositories: readonly string[], signal: AbortSignal): Promise<Presence>
  /** Whether any repository has a tag, looked at or not; left out where revisions cannot be seen. `true` where it cannot be told. */
  holdsTags?(): Promise<boolean>
  close(): Promise<void>
}

/** Where a registry stores its files. */
export interface StoragePlace {
  /** A directory beside the root, never in it. */
  readonly quarantine: string
  /** A path of the registry as it is seen from any directory. */
  readonly absolute: (path: string) => string
}

/** What is left of a registry, as far as anything that was not seen depends on it. */
export interface Presence {
  /** What is gone, or is not what it was; nothing: all of it is still there. */
  readonly lost: readonly LostPlace[]
  /** Repositories that seemed to have nothing, and have something now: to be looked at again. */
  readonly back: readonly string[]
}

/** A place that vanished, or became another, while it was scanned. */
export type LostPlace = Unreadable & {
  /** Left out: the registry as a whole. */
  readonly repository?: string
}

/** What only takes up space. */
export interface Garbage {
  readonly findings: readonly Finding[]
  readonly unchecked: readonly UncheckedRecord[]
  /** All that is stored, needed or not; only where blobs were looked for. */
  readonly storage?: Storage
}

/** How to look at one repository. */
export interface Look {
  readonly rules: Rules
  readonly allTags: boolean
  /** `true`: past every memo; whatever an earlier look took for granted is read anew. */
  readonly again: boolean
  /** At the last look: the subjects that earlier looks found damaged; any other damage is not believed. */
  readonly believed: ReadonlySet<string> | undefined
  readonly signal: AbortSignal
}

/** Subjects (see `subjectOf`) to look at again, by repository. */
export type Suspects = ReadonlyMap<string, ReadonlySet<string>>

/** Nothing at all can be said about a target: it is not there, not a registry, or not mounted. */
export class TargetError extends Error {
  readonly because: UnreadableCode

  /** @param options.because where the cause does not tell */
  constructor(message: string, options: { readonly cause?: unknown; readonly because?: UnreadableCode } = {}) {
    super(message, options)
    this.name = 'TargetError'
    this.because = options.because ?? unreadableCode(options.cause)
  }
}

/** Why a target cannot be read, in few enough words to count by. */
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

/** What the failure of a store means for the whole target. */
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
