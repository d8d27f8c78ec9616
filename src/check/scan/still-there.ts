import type { UncheckedRecord } from '../records.ts'
import { type LostPlace, type Presence, type Source, TargetError, unreadableCode } from '../source.ts'
import { StoreError } from '../store-error.ts'

/**
 * Asks a source whether the registry is still there, and records what was lost.
 *
 * A missing tag or an empty repository is normal only if the directory that held it still exists. If storage is moved,
 * unmounted or lost during a scan, everything looks deleted.
 */
export class StillThere {
  /** What was lost so far, each place once. */
  readonly places: UncheckedRecord[] = []
  readonly #source: Source
  readonly #signal: AbortSignal
  readonly #graceOver: Promise<void>
  readonly #known = new Set<string>()
  #lost: LostPlace | undefined

  constructor(source: Source, signal: AbortSignal, graceOver: Promise<void>) {
    this.#source = source
    this.#signal = signal
    this.#graceOver = graceOver
  }

  /** The first loss that affects the registry as a whole. */
  get lost(): LostPlace | undefined {
    return this.#lost
  }

  /**
   * @param repositories whose earlier findings are about to be dropped
   * @returns `undefined` if nothing may be dropped: the registry has changed or gone, or the scan was stopped
   */
  async ask(repositories: readonly string[]): Promise<Still | undefined> {
    if (this.#lost || this.#signal.aborted) return undefined
    const asked = this.#source.stillThere?.(repositories, this.#signal) ?? Promise.resolve(ALL_OF_IT)
    const presence = await Promise.race([asked, this.#graceOver.then(() => undefined)])
    if (presence === undefined || isStopped(this.#signal)) return undefined
    for (const place of presence.lost) this.#note(place)
    if (presence.lost.some(({ repository }) => repository === undefined)) return undefined
    return { lost: new Set(presence.lost.flatMap(({ repository }) => repository ?? [])), back: presence.back }
  }

  #note(lost: LostPlace): void {
    const { repository, place, because, detail } = lost
    if (repository === undefined) this.#lost ??= lost
    const key = JSON.stringify([repository, place])
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.places.push({ repository, path: place, because, detail })
  }
}

/** The state of repositories of a registry that is still there. */
export interface Still {
  /** Repositories whose earlier findings must not be dropped. */
  readonly lost: ReadonlySet<string>
  /** See {@link Presence.back}. */
  readonly back: readonly string[]
}

const ALL_OF_IT: Presence = { lost: [], back: [] }

/** The error for a registry that was lost before anything was seen of it. */
export function lostTarget({ place, because, detail }: LostPlace): TargetError {
  const cause = new StoreError(detail, { code: because, place })
  return new TargetError(`${place} ${detail}`, { cause, because: unreadableCode(cause) })
}

/** A function, because a signal can arrive during each wait and TypeScript would narrow the property. */
function isStopped({ aborted }: AbortSignal): boolean {
  return aborted
}
