import type { Digest } from '../../oci/digest.ts'
import type { UncheckedRecord } from '../records.ts'
import type { Kept, RepositoryReach } from './reach-records.ts'
import type { ReachEvent } from './reach-registry.ts'

/** A digest that somebody asks about. */
export interface AskedDigest {
  readonly digest: Digest
  /** `undefined`: in any repository. */
  readonly repository: string | undefined
}

/** Where a digest is kept, and why. */
export interface KeptAt {
  readonly registry: string
  readonly repository: string
  readonly kept: Kept
}

/** Whether a digest can be deleted. */
export type Answer =
  | { readonly is: 'kept'; readonly at: readonly KeptAt[] }
  | { readonly is: 'free' }
  /** Nothing that was read reaches it, and not everything was read. */
  | { readonly is: 'unknown'; readonly because: string; readonly record: UncheckedRecord | undefined }

/** Collects what is reached in all registries, and answers for digests. */
export class Answers {
  readonly #kept = new Map<Digest, KeptAt[]>()
  readonly #read = new Set<string>()
  /** By repository, the first thing that could not be read. */
  readonly #unknown = new Map<string, UncheckedRecord>()
  /** The first thing that may lead to any repository. */
  #anywhere: UncheckedRecord | undefined

  take(registry: string, event: ReachEvent): void {
    switch (event.type) {
      case 'repository':
        this.#takeRepository(registry, event.reach)
        return
      case 'unknown':
        this.addUnknown(event.record)
        return
      case 'unreadable':
        this.addUnknown({ repository: undefined, because: 'STORE_READ_FAILED', detail: `${registry}: ${event.reason}` })
    }
  }

  /** Adds something that could not be read. */
  addUnknown(record: UncheckedRecord): void {
    if (record.repository === undefined) this.#anywhere ??= record
    else if (!this.#unknown.has(record.repository)) this.#unknown.set(record.repository, record)
  }

  #takeRepository(registry: string, { repository, kept, unknown }: RepositoryReach): void {
    this.#read.add(repository)
    for (const record of unknown) this.addUnknown(record)
    for (const each of kept) {
      const known = this.#kept.get(each.digest) ?? []
      this.#kept.set(each.digest, [...known, { registry, repository, kept: each }])
    }
  }

  answer({ digest, repository }: AskedDigest): Answer {
    const kept = this.#kept.get(digest) ?? []
    const at = repository === undefined ? kept : kept.filter((each) => each.repository === repository)
    if (at.length > 0) return { is: 'kept', at }
    const record = this.#anywhere ?? this.#unknownFor(repository)
    if (record !== undefined) return { is: 'unknown', because: textOf(record), record }
    if (repository === undefined || this.#read.has(repository)) return { is: 'free' }
    return { is: 'unknown', because: `no repository ${repository} was read`, record: undefined }
  }

  #unknownFor(repository: string | undefined): UncheckedRecord | undefined {
    return repository === undefined ? [...this.#unknown.values()][0] : this.#unknown.get(repository)
  }
}

/** What could not be read, as a sentence without its end. */
export function textOf({ repository, tag, digest, path, detail, because }: UncheckedRecord): string {
  const reference = tag === undefined ? (digest === undefined ? '' : `@${digest}`) : `:${tag}`
  const what = repository === undefined ? '' : `${repository}${reference}`
  const why = detail ?? because
  const where = path === undefined || path === '' ? '' : ` (${path})`
  return what === '' ? `${why}${where}` : `${what}: ${why}${where}`
}
