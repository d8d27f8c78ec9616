import type { ScanEvent } from '../../check/events.ts'
import { isSkip } from '../../check/store-error.ts'

/** What the check of one image proved. */
export type ImageResult =
  /** All of it is there. */
  | { readonly is: 'whole'; readonly digest: string }
  | { readonly is: 'damaged' }
  | { readonly is: 'unknown' }
  /** It was never pushed: compose builds it. */
  | { readonly is: 'only-built' }

/** Collects the result of each image. Events come in the order of the images. */
export class PinResults {
  readonly #found: Found[] = []

  take(event: ScanEvent): void {
    if (event.type === 'target') this.#found.push({ ...NOTHING_YET })
    const now = this.#found.at(-1)
    if (now === undefined) return
    if (event.type === 'tag') {
      now.digest = event.record.digest
      now.isIntact = event.record.verdict === 'intact'
    }
    if (event.type === 'finding' && event.finding.severity === 'error') now.isDamaged = true
    if (event.type === 'unchecked' && event.record.because === 'BUILT_HERE') now.isOnlyBuilt = true
    else if (event.type === 'unchecked' && isSkip(event.record.because)) now.isSkipped = true
    if (event.type === 'summary') now.isKnown = event.complete && !event.stopped
  }

  /** Of the image with this number, from 0. */
  of(number: number): ImageResult {
    const found = this.#found[number]
    if (found?.isDamaged) return { is: 'damaged' }
    if (found?.isOnlyBuilt) return { is: 'only-built' }
    if (found?.digest === undefined || !found.isIntact || found.isSkipped || !found.isKnown) return { is: 'unknown' }
    return { is: 'whole', digest: found.digest }
  }
}

interface Found {
  digest: string | undefined
  isIntact: boolean
  isDamaged: boolean
  isSkipped: boolean
  isKnown: boolean
  isOnlyBuilt: boolean
}

const NOTHING_YET: Found = {
  digest: undefined,
  isIntact: false,
  isDamaged: false,
  isSkipped: false,
  isKnown: false,
  isOnlyBuilt: false,
}
