import type { ScanEvent } from '../check/events.ts'
import { exposition } from './exposition.ts'
import { TargetTally } from './facts.ts'
import type { SeriesIdentity, TargetSamples } from './samples.ts'
import { type MetricsOptions, type RunTimes, samplesOf } from './target-samples.ts'

export type { MetricsOptions } from './target-samples.ts'

/** Reads the stream of events of one run, and makes metrics of it when the run is over. */
export interface MetricsCollector {
  take(event: ScanEvent): void
  end(run: RunTimes): Promise<RunMetrics>
}

export interface RunMetrics {
  /** All that is to be told, of all targets, as one exposition. */
  readonly whole: string
  readonly targets: readonly TargetMetrics[]
}

/**
 * What is to be delivered of one target, as expositions with no family in common. What an incomplete run says of some
 * things is said of none of the others: what was last known of them stays known.
 */
export type TargetMetrics = TargetIdentity &
  (
    | {
        readonly is: 'complete'
        /** The families about the run itself. */
        readonly run: string
        /** All others. */
        readonly result: string
      }
    | {
        readonly is: 'partial'
        readonly run: string
        /** The families about what is wrong, as far as anybody looked; left out where nothing wrong was found. */
        readonly findings?: string
      }
  )

interface TargetIdentity {
  readonly identity: SeriesIdentity
}

export function metricsCollector(options: MetricsOptions): MetricsCollector {
  const targets: TargetTally[] = []
  return {
    take(event) {
      if (event.type === 'target') targets.push(new TargetTally(event.info))
      else targets.at(-1)?.take(event)
    },
    async end(run) {
      const told = targets.map((facts) => {
        const identity = identityOf(facts.info.registry, options)
        return { facts, identity, samples: samplesOf(facts, identity, options, run) }
      })
      return {
        whole: await exposition(told.flatMap(({ facts, samples }) => samples.of(...groupsOf(facts)))),
        targets: await Promise.all(told.map(metricsOfTarget)),
      }
    },
  }
}

/** The groups of families that a run replaces. */
function groupsOf(facts: TargetTally): readonly ('run' | 'findings' | 'result')[] {
  if (facts.isComplete) return ['run', 'findings', 'result']
  return facts.foundErrors ? ['run', 'findings'] : ['run']
}

async function metricsOfTarget(told: {
  readonly facts: TargetTally
  readonly identity: SeriesIdentity
  readonly samples: TargetSamples
}): Promise<TargetMetrics> {
  const { facts, identity, samples } = told
  const run = await exposition(samples.of('run'))
  if (facts.isComplete)
    return { is: 'complete', identity, run, result: await exposition(samples.of('findings', 'result')) }
  if (!facts.foundErrors) return { is: 'partial', identity, run }
  return { is: 'partial', identity, run, findings: await exposition(samples.of('findings')) }
}

/** Characters that could do something to whoever prints them, and that no name of a registry needs. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

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
