import type { ScanEvent } from '../check/events.ts'
import { exposition } from './exposition.ts'
import { TargetTally } from './facts.ts'
import type { SeriesIdentity, TargetSamples } from './samples.ts'
import { type MetricsOptions, type RunTimes, samplesOf } from './target-samples.ts'

export type { MetricsOptions } from './target-samples.ts'

/** Counts the events of one run and makes the metrics at its end. */
export interface MetricsCollector {
  take(event: ScanEvent): void
  end(run: RunTimes): Promise<RunMetrics>
}

/** The metrics of a run. */
export interface RunMetrics {
  /** One exposition of all targets. */
  readonly whole: string
  readonly targets: readonly TargetMetrics[]
}

/**
 * The expositions of one target, without a family in common. An incomplete run replaces only some families; the others keep
 * their last values.
 */
export type TargetMetrics = TargetIdentity &
  (
    | {
        readonly is: 'complete'
        /** Families about the run itself. */
        readonly run: string
        /** All other families. */
        readonly result: string
      }
    | {
        readonly is: 'partial'
        readonly run: string
        /** Families about findings, of what was checked. Left out if no error was found. */
        readonly findings?: string
      }
  )

interface TargetIdentity {
  readonly identity: SeriesIdentity
}

/** Makes a collector for one run. */
export function metricsCollector(options: MetricsOptions): MetricsCollector {
  const targets: TargetTally[] = []
  return {
    take(event) {
      if (event.type === 'target') targets.push(new TargetTally(event.info))
      else targets.at(-1)?.take(event)
    },
    async end(run) {
      const results = targets.map((facts) => {
        const identity = identityOf(facts.info.registry, options)
        return { facts, identity, samples: samplesOf(facts, identity, options, run) }
      })
      return {
        whole: await exposition(results.flatMap(({ facts, samples }) => samples.of(...groupsOf(facts)))),
        targets: await Promise.all(results.map(metricsOfTarget)),
      }
    },
  }
}

/** The groups of families that this run replaces. */
function groupsOf(facts: TargetTally): readonly ('run' | 'findings' | 'result')[] {
  if (facts.isComplete) return ['run', 'findings', 'result']
  return facts.foundErrors ? ['run', 'findings'] : ['run']
}

async function metricsOfTarget(results: {
  readonly facts: TargetTally
  readonly identity: SeriesIdentity
  readonly samples: TargetSamples
}): Promise<TargetMetrics> {
  const { facts, identity, samples } = results
  const run = await exposition(samples.of('run'))
  if (facts.isComplete)
    return { is: 'complete', identity, run, result: await exposition(samples.of('findings', 'result')) }
  if (!facts.foundErrors) return { is: 'partial', identity, run }
  return { is: 'partial', identity, run, findings: await exposition(samples.of('findings')) }
}

/** Characters that are not safe to print and that no registry name needs. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** The labels that identify the series of a registry. */
export function identityOf(
  registry: string,
  { profile, shard }: Pick<MetricsOptions, 'profile' | 'shard'>,
): SeriesIdentity {
  return {
    registry: registry.replace(HARMFUL, '\ufffd'),
    ...(profile !== undefined && profile !== '' && { profile }),
    ...(shard !== undefined && shard !== '' && { shard }),
  }
}
