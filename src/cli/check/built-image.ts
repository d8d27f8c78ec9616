import type { ScanEvent } from '../../check/events.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { isDigest } from '../../oci/digest.ts'
import type { Reference } from '../../oci/reference.ts'
import { NOTHING } from '../../references/file-events.ts'

/**
 * Holds back the events of an image that compose builds for each of its uses. If the registry does not have it, it was never
 * pushed, and nothing is broken: it is skipped. One instance for each image.
 */
export class BuiltImage {
  readonly #skipped: UncheckedRecord
  /** Docker Hub says of a name that does not exist that access is denied. */
  readonly #deniesAbsent: boolean
  readonly #held: ScanEvent[] = []
  #isAbsent = false

  constructor({ origin, repository, wanted }: Reference) {
    this.#deniesAbsent = origin === 'https://registry-1.docker.io'
    const subject = isDigest(wanted) ? { digest: wanted } : { tag: wanted }
    this.#skipped = {
      repository,
      ...subject,
      because: 'BUILT_HERE',
      detail: 'compose builds it, and the registry does not have it',
    }
  }

  /** @returns the events that are known to be passed on */
  take(event: ScanEvent): readonly ScanEvent[] {
    if (event.type === 'progress') return [event]
    if (event.type === 'finding') {
      const { code, cause, confirmed } = event.finding
      if (code === 'image-unpullable' && cause === 'not-found' && confirmed) this.#isAbsent = true
    }
    if (event.type === 'unchecked') {
      const { because, tag } = event.record
      if (this.#deniesAbsent && because === 'STORE_DENIED' && tag === this.#skipped.tag) this.#isAbsent = true
    }
    this.#held.push(event)
    if (event.type !== 'summary' && event.type !== 'unreadable') return []
    const held = this.#held.splice(0)
    return this.#isAbsent ? held.flatMap((each) => this.#withoutResult(each)) : held
  }

  #withoutResult(event: ScanEvent): readonly ScanEvent[] {
    if (event.type === 'target') return [event]
    if (event.type !== 'summary') return []
    return [
      { type: 'unchecked', record: this.#skipped },
      { ...event, totals: NOTHING, complete: !event.stopped },
    ]
  }
}
