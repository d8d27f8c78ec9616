import type { METRICS } from '../../config/options/metrics.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { type Links, linkProblem } from '../../metrics/links.ts'
import { pushgatewayProblem } from '../../metrics/pushgateway-url.ts'
import type { OutputChoice } from '../run/outputs.ts'
import type { OptionValues } from './option-values.ts'

/** Options about metrics, as given. */
export type MetricsWords = WordsOf<'scan', typeof METRICS>

/** Which metrics a run makes, and where they go. */
export interface MetricsRequest {
  /** Whether any output needs metrics. */
  readonly isWanted: boolean
  /** URL of a Pushgateway. */
  readonly push: string | undefined
  /** Directory that node_exporter reads. */
  readonly textfile: string | undefined
  /** Seconds between two runs. */
  readonly interval: number
  readonly legacy: boolean
  /** Repositories with their own series. */
  readonly worst: number
  readonly links: Links
}

/** Reads the options about metrics. Problems go to `values.problems`. */
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
    interval: values.duration('--interval', words.interval, OPTIONS.interval) / 1000,
    legacy: words.legacyMetrics ?? false,
    worst: values.count('--repository-metrics', words.repositoryMetrics, OPTIONS['repository-metrics']),
    links: {
      report: readLink('--report-url', words.reportUrl, values),
      runbooks: readLink('--runbook-url', words.runbookUrl, values),
    },
  }
}

/** @returns without a slash at the end: alerts append the name of a page */
function readLink(option: string, text: string | undefined, values: OptionValues): string | undefined {
  if (text === undefined || text === '') return undefined
  const problem = linkProblem(text)
  if (problem !== undefined) values.problems.push(`${option}: ${problem}`)
  return text.replace(/\/+$/, '')
}
