import type { UncheckedRecord } from '../records.ts'
import { type LostPlace, type Presence, type Source, TargetError, unreadableCode } from '../source.ts'
import { StoreError } from '../store-error.ts'

/**
 * Asks a source whether the registry is still there, and keeps what was lost.
 *
 * What is not there is good news only where that which held it is: a tag was deleted, a repository has no tags. When
 * storage is moved or unmounted, or when a registry loses it, everything looks like that.
 */
export class StillThere {
  /** What was lost so far, each place once. */
  readonly places: UncheckedRecord[] = []
  readonly #source: Source
  readonly #signal: AbortSignal
  readonly #patience: Promise<void>
  readonly #known = new Set<string>()
  #lost: LostPlace | undefined

  constructor(source: Source, signal: AbortSignal, patience: Promise<void>) {
    this.#source = source
    this.#signal = signal
    this.#patience = patience
  }

  /** The first of what the registry as a whole has lost. */
  get lost(): LostPlace | undefined {
    return this.#lost
  }

  /**
   * @param repositories of which earlier findings are about to be dropped
   * @returns `undefined` where nothing may be dropped: the registry is not what it was, or the scan was stopped
   */
  async ask(repositories: readonly string[]): Promise<Still | undefined> {
    if (this.#lost || this.#signal.aborted) return undefined
    const asked = this.#source.stillThere?.(repositories, this.#signal) ?? Promise.resolve(ALL_OF_IT)
    const presence = await Promise.race([asked, this.#patience.then(() => undefined)])
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

/** What holds of repositories while the registry is still there. */
export interface Still {
  /** What was found in these earlier must not be dropped. */
  readonly lost: ReadonlySet<string>
  /** See {@link Presence.back}. */
  readonly back: readonly string[]
}

const ALL_OF_IT: Presence = { lost: [], back: [] }

/** For a registry of which nothing was seen before it was lost. */
export function lostTarget({ place, because, detail }: LostPlace): TargetError {
  const cause = new StoreError(detail, { code: because, place })
  return new TargetError(`${place} ${detail}`, { cause, because: unreadableCode(cause) })
}

/** Asked anew after each wait: a signal comes in between. */
function isStopped({ aborted }: AbortSignal): boolean {
  return aborted
}
