import { type CollectionVerdict, type Preview, worstVerdict } from '../../gc/preview/preview.ts'
import type { PreviewedTarget } from '../../report/preview/preview-report.ts'

/** One registry of a run, and what it counts for. */
interface TalliedRegistry {
  readonly registry: string
  readonly preview: Preview | undefined
  complete: boolean
}

/** Counts what decides the exit code of a preview, and its metrics. */
export class PreviewTally {
  readonly registries: TalliedRegistry[] = []

  take(previewed: PreviewedTarget): void {
    if (previewed.is === 'unreadable') {
      this.registries.push({ registry: previewed.registry, preview: undefined, complete: false })
      return
    }
    const { preview } = previewed
    const isKnown = preview.collections.every(({ outcome }) => outcome.unknown.length === 0)
    this.registries.push({ registry: preview.registry, preview, complete: preview.complete && isKnown })
  }

  /** Records that what was to be compared is in none of the registries. */
  markIncomplete(): void {
    for (const each of this.registries) each.complete = false
  }

  /** Targets that could be read. */
  get read(): number {
    return this.registries.filter(({ preview }) => preview !== undefined).length
  }

  /** Deployed images that are in one of the registries. */
  get deployed(): number {
    return this.registries.reduce((sum, { preview }) => sum + (preview?.deployed?.images ?? 0), 0)
  }

  /** Whether everything was read. */
  get complete(): boolean {
    return this.registries.every(({ complete }) => complete)
  }

  get verdict(): CollectionVerdict {
    const worst = worstVerdict(this.#verdicts)
    return worst === 'safe' && !this.complete ? 'unknown' : worst
  }

  /** Whether a collection would stop or break something. */
  get isFailing(): boolean {
    return this.#verdicts.some((verdict) => verdict === 'aborts' || verdict === 'breaks')
  }

  get #verdicts(): readonly CollectionVerdict[] {
    return this.registries.flatMap(({ preview }) => preview?.collections.map(({ verdict }) => verdict) ?? [])
  }
}
