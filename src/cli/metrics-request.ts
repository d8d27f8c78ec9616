import { pushgatewayProblem } from '../metrics/pushgateway-url.ts'
import type { OptionValues } from './option-values.ts'
import type { OutputChoice } from './outputs.ts'

/** Options about metrics as they are written. */
export interface MetricsWords {
  readonly push?: string | undefined
  readonly textfile?: string | undefined
  readonly interval: string
  readonly legacyMetrics?: boolean | undefined
  readonly repositoryMetrics: string
}

/** What is to be made of a run's numbers, and where they go. */
export interface MetricsRequest {
  /** Whether anybody wants them. */
  readonly isWanted: boolean
  /** URL of a Pushgateway. */
  readonly push: string | undefined
  /** Directory that node_exporter reads. */
  readonly textfile: string | undefined
  /** Seconds between two runs. */
  readonly interval: number
  readonly legacy: boolean
  /** Repositories that have a series of their own. */
  readonly worst: number
}

const MOST_REPOSITORIES = 100

export function readMetrics(
  words: MetricsWords,
  outputs: readonly OutputChoice[],
  values: OptionValues,
): MetricsRequest {
  const { push } = words
  const problem = push === undefined ? undefined : pushgatewayProblem(push)
  if (problem !== undefined) values.problems.push(`--push: ${problem}: expected http://HOST[:PORT] of a Pushgateway`)
  const textfile = words.textfile === undefined ? undefined : values.existingDirectory('--textfile', words.textfile)
  return {
    isWanted: push !== undefined || textfile !== undefined || outputs.some(({ format }) => format === 'prometheus'),
    push,
    textfile,
    interval: values.duration('--interval', words.interval) / 1000,
    legacy: words.legacyMetrics ?? false,
    worst: values.count('--repository-metrics', words.repositoryMetrics, 0, MOST_REPOSITORIES),
  }
}
