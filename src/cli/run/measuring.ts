import type { ScanEvent } from '../../check/events.ts'
import type { Shard } from '../../check/scan/shard.ts'
import type { RunTimes } from '../../metrics/target-samples.ts'
import { writeWholeFile } from '../files/whole-file.ts'
import type { MetricsRequest } from '../options/metrics-request.ts'
import type { Io } from '../process/io.ts'

/** Collects the metrics of a run and delivers them. */
export interface Measuring {
  take(event: ScanEvent): void
  /** Creates the metrics, then pushes or writes them. */
  finish(run: RunTimes): Promise<Measured>
}

/** The metrics of a finished run. */
export interface Measured {
  /** All metrics, in the Prometheus text format. */
  readonly exposition: string
  /** What could not be delivered, as sentences. */
  readonly problems: readonly string[]
}

/** Milliseconds for a Pushgateway, all retries together. After a signal there is less time. */
const WITHIN = 30_000
const WITHIN_AFTER_SIGNAL = 1500

/** The code for metrics is loaded only if an option asks for them. */
export async function measuring(
  request: MetricsRequest | undefined,
  about: {
    readonly io: Io
    readonly profile: string
    readonly shard?: Shard | undefined
    readonly repositoriesAreNamed: boolean
  },
): Promise<Measuring> {
  if (request === undefined || !request.isWanted)
    return { take: () => undefined, finish: () => Promise.resolve({ exposition: '', problems: [] }) }
  const { metricsCollector: metricsOf } = await import('../../metrics/metrics.ts')
  const { io, profile, shard, repositoriesAreNamed } = about
  const { interval, legacy, worst, links } = request
  const metrics = metricsOf({
    profile,
    // Without the number of shards, so that groups are replaced when that number grows.
    shard: shard && String(shard.index),
    interval,
    legacy,
    worst,
    links,
    repositoriesAreNamed,
    nodeVersion: process.version,
  })
  return {
    take: (event) => {
      metrics.take(event)
    },
    async finish(run) {
      const made = await metrics.end(run)
      const problems: string[] = []
      if (request.textfile !== undefined) {
        const { writeTextfiles } = await import('../../metrics/textfile.ts')
        problems.push(...writeTextfiles(made, request.textfile, writeWholeFile))
      }
      if (request.push !== undefined) {
        const { pushMetrics } = await import('../../metrics/pushgateway.ts')
        const { signal } = io
        const how = signal.aborted ? { within: WITHIN_AFTER_SIGNAL } : { within: WITHIN, signal }
        problems.push(...(await pushMetrics(made, { url: request.push, ...how })))
      }
      return { exposition: made.whole, problems }
    },
  }
}
