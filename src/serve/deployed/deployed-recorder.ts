import type { ScanEvent } from '../../check/events.ts'
import type { FindingCode } from '../../check/findings/code.ts'
import { RunCounter, verdictOf } from '../../check/judge/run-verdict.ts'
import { deployedSamples } from '../../metrics/deployed/deployed-samples.ts'
import type { RunFailure } from '../../metrics/serve-families.ts'
import type { DeployedImage } from '../../report/html/deployed/deployed-view.ts'
import { MOST_RUNS, type StoredRun } from '../state/registry-state.ts'
import type { DeployedPlan } from './deployed-plan.ts'
import type { DeployedRecord } from './deployed-state.ts'
import { ImageCollector } from './image-collector.ts'
import { workloadsOf } from './workloads.ts'

/** Images and unknown places, each, in a record, those with problems first. The metrics count all. */
const MOST_IMAGES = 10_000

/** Takes the events of one check of what is deployed and makes the new record. */
export class DeployedRecorder {
  readonly #plan: DeployedPlan
  readonly #previous: DeployedRecord
  readonly #startedAt: Date
  readonly #collector = new ImageCollector()
  readonly #counts = new RunCounter()
  #filesWereRead = false

  constructor(plan: DeployedPlan, previous: DeployedRecord, startedAt: Date) {
    this.#plan = plan
    this.#previous = previous
    this.#startedAt = startedAt
  }

  take(event: ScanEvent): void {
    // The files come last, so a run without them was cut off.
    if (event.type === 'target' && event.info.kind === 'references') this.#filesWereRead = true
    this.#counts.take(event)
    this.#collector.take(event)
  }

  /**
   * A complete run replaces everything. Any other keeps what was broken and could not be checked again; if it checked
   * nothing at all, it only adds itself to the history.
   *
   * @param problem why the check crashed, if it did
   */
  end(finishedAt: Date, problem: string | undefined): DeployedOutcome {
    this.#collector.end()
    const isComplete = problem === undefined && this.#filesWereRead && this.#counts.complete
    const previous = this.#previous
    const images = this.#images(isComplete, finishedAt)
    const checkedAny = this.#collector.images.some(({ state }) => state !== 'unchecked')
    const replaces = isComplete || checkedAny || previous.asOf === undefined
    const samples = this.#samples(finishedAt, isComplete, images)
    const broken = (list: readonly DeployedImage[]): boolean => list.some(({ state }) => state === 'broken')
    const record: DeployedRecord = {
      runs: [this.#storedRun(finishedAt, isComplete, problem), ...previous.runs].slice(0, MOST_RUNS),
      lastComplete: isComplete ? finishedAt.toISOString() : previous.lastComplete,
      images: replaces ? worstFirst(images) : previous.images,
      unknown: replaces ? this.#collector.unknown.slice(0, MOST_IMAGES) : previous.unknown,
      isComplete: replaces ? isComplete : previous.isComplete,
      asOf: isComplete || (replaces && this.#collector.images.length > 0) ? finishedAt.toISOString() : previous.asOf,
      samples: {
        run: samples.run,
        findings:
          isComplete || (checkedAny && (broken(images) || broken(previous.images)))
            ? samples.findings
            : previous.samples.findings,
        result: isComplete ? samples.result : previous.samples.result,
      },
      by: { target: this.#plan.target, interval: this.#plan.interval, arguments: this.#plan.arguments },
    }
    // A cluster in which nothing runs is complete, and needs no image.
    const isUnreadable = !isComplete && this.#collector.images.length === 0 && this.#collector.unknown.length === 0
    const unless = isUnreadable ? 'unreadable' : isComplete ? undefined : 'incomplete'
    return { record, failure: problem === undefined ? unless : 'crashed' }
  }

  /** The images of this run, and of earlier runs those that were broken and that this one could not check. */
  #images(isComplete: boolean, finishedAt: Date): readonly DeployedImage[] {
    const before = new Map(this.#previous.images.filter(isBroken).map((image) => [image.image, image]))
    const unchecked = new Set(
      this.#collector.images.flatMap(({ image, state }) => (state === 'unchecked' ? image : [])),
    )
    const checked = new Set(this.#collector.images.map(({ image }) => image).filter((image) => !unchecked.has(image)))
    const kept = isComplete ? [] : [...before.values()].filter(({ image }) => !checked.has(image))
    const keptNames = new Set(kept.map(({ image }) => image))
    const now = this.#collector.images.filter(({ image, state }) => state !== 'unchecked' || !keptNames.has(image))
    const since = ({ image }: DeployedImage): string => before.get(image)?.brokenSince ?? finishedAt.toISOString()
    return [
      ...kept.map((image) => ({ ...image, isEarlier: true as const })),
      ...now.map((image) => (isBroken(image) ? { ...image, brokenSince: since(image) } : image)),
    ]
  }

  #samples(finishedAt: Date, isComplete: boolean, images: readonly DeployedImage[]): DeployedRecord['samples'] {
    const findings = new Map<FindingCode, number>()
    for (const image of images)
      for (const code of new Set(image.findings.map(({ code }) => code)))
        findings.set(code, (findings.get(code) ?? 0) + 1)
    return deployedSamples(this.#plan.registry, {
      startedAt: this.#startedAt,
      finishedAt,
      isComplete,
      images: images.length,
      unchecked: this.#collector.images.filter(({ state }) => state === 'unchecked').length,
      unknown: this.#collector.unknown.length,
      findings,
      workloads: workloadsOf(images).map(({ workload, file, images: own }) => ({
        workload,
        file,
        failures: own.filter(({ state }) => state === 'broken').length,
      })),
    })
  }

  #storedRun(finishedAt: Date, isComplete: boolean, problem: string | undefined): StoredRun {
    const { images, unknown } = this.#collector
    return {
      errors: this.#counts.errors,
      warnings: this.#counts.warnings,
      unchecked: images.filter(({ state }) => state === 'unchecked').length + unknown.length,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      verdict: verdictOf({ errors: this.#counts.errors, complete: isComplete }),
      unpullable: 0,
      degraded: 0,
      ...(problem !== undefined && { problem }),
    }
  }
}

/** What a run leaves behind. */
export interface DeployedOutcome {
  readonly record: DeployedRecord
  readonly failure: RunFailure | undefined
}

function isBroken({ state }: DeployedImage): boolean {
  return state === 'broken'
}

function worstFirst(images: readonly DeployedImage[]): readonly DeployedImage[] {
  if (images.length <= MOST_IMAGES) return images
  return [...images.filter(({ state }) => state !== 'whole'), ...images.filter(({ state }) => state === 'whole')].slice(
    0,
    MOST_IMAGES,
  )
}
