import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import type { GcEngine, GcRun } from '../../gc/outcome.ts'
import { requireFrom } from '../check/from-words.ts'
import { type MetricsRequest, readMetrics } from '../options/metrics-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { notUrlProblem, parseTarget, targetProblem } from '../options/target.ts'
import { type UnknownOption, unknownOptionText } from '../options/unknown-option.ts'
import { louder } from '../options/verbosity.ts'
import type { OutputChoice } from '../run/outputs.ts'
import { readOutputs } from '../run/outputs.ts'
import { LONGEST_GLOB, matcher } from '../scan/repository-patterns.ts'
import { type DeployedImages, readDeployedImages } from './deployed-images.ts'

/** Options of `gc-preview`: text, not yet checked. */
export type GcPreviewWords = WordsOf<'gc-preview'>

/** A validated request of `gc-preview`. */
export interface GcPreviewRequest {
  /** Directories. */
  readonly targets: readonly string[]
  readonly registry: string | undefined
  /** The host of the registry in references, if it is known. */
  readonly host: string | undefined
  /** Every way to collect that is previewed. */
  readonly runs: readonly GcRun[]
  /** What the files of `--from` name. */
  readonly deployed: DeployedImages | undefined
  readonly outputs: readonly OutputChoice[]
  readonly metrics: MetricsRequest
  readonly failOn: 'error' | 'warning' | 'never'
  readonly color: 'auto' | 'always' | 'never'
  readonly logLevel: string
  readonly quiet: boolean
  /** Milliseconds for the whole run. */
  readonly deadline: number | undefined
  readonly followSymlinks: boolean
  readonly threads: number
  /** Whether a directory is excluded, by its path below a target. */
  readonly isExcludedTarget: (below: string) => boolean
}

/** Collections mostly run once a week. */
const WEEKLY = '1w'
/** As many as `scan` uses. */
const THREADS = '12'

/**
 * @param unknown words that look like options and are not
 * @throws {UsageError} with a line for each problem
 */
export function readGcPreviewRequest(
  texts: readonly string[],
  words: GcPreviewWords,
  unknown: readonly UnknownOption[] = [],
): GcPreviewRequest {
  const values = new OptionValues()
  for (const option of unknown) values.problems.push(unknownOptionText(option, 'gc-preview'))
  requireFrom({ ...words, moved: undefined, usePullSecrets: undefined }, values)
  requireGlobs(words.excludeTarget, values)
  if (words.registry?.trim() === '') values.problems.push('--registry: expected a name')
  const outputs = readOutputs(words, values)
  const ofScan = {
    interval: words.interval ?? WEEKLY,
    legacyMetrics: false,
    repositoryMetrics: '0',
    profile: undefined,
  }
  const request: GcPreviewRequest = {
    targets: texts.flatMap((text) => readDirectory(text, values)),
    registry: words.registry,
    host: readHost(words.registryUrl, values),
    runs: readRuns(words, values),
    deployed: readDeployedImages(words, values),
    outputs,
    metrics: readMetrics({ ...words, ...ofScan }, outputs, values),
    failOn: values.choice('--fail-on', words.failOn, OPTIONS['fail-on'].words),
    color: values.choice('--color', words.color, OPTIONS.color.words),
    logLevel: louder(values.choice('--log-level', words.logLevel, OPTIONS['log-level'].words), 'warn', words.verbose),
    quiet: words.quiet ?? false,
    deadline: words.deadline === undefined ? undefined : values.wait('--deadline', words.deadline, OPTIONS.deadline),
    followSymlinks: words.followSymlinks ?? false,
    threads: values.count('--concurrency', words.concurrency ?? THREADS, OPTIONS.concurrency),
    isExcludedTarget: matcher(words.excludeTarget),
  }
  requireOutputs(request.outputs, values)
  if (request.metrics.isWanted && request.runs.length > 1)
    values.problems.push(
      '--push, --textfile and --output prometheus: alerts are about the collection that really runs: say which, with --engine 2.8 or 3 and --delete-untagged yes or no',
    )
  values.finish()
  return request
}

function readDirectory(text: string, values: OptionValues): readonly string[] {
  const target = parseTarget(text)
  const problem = targetProblem(target)
  if (problem !== undefined) values.problems.push(problem)
  else if (target.is === 'registry')
    values.problems.push(`${text}: a preview reads the storage of a registry: give a directory, not a URL`)
  return target.is === 'registry' ? [] : [target.path]
}

function readHost(url: string | undefined, values: OptionValues): string | undefined {
  if (url === undefined) return undefined
  const problem = notUrlProblem(url)
  if (problem === undefined) return new URL(url).host
  values.problems.push(`--registry-url: ${problem}`)
  return undefined
}

/** In the order of the report: 2.8 before 3, without the flag before with it. */
function readRuns(words: GcPreviewWords, values: OptionValues): readonly GcRun[] {
  const engine = values.choice('--engine', words.engine ?? 'all', OPTIONS.engine.words)
  const answer = values.choice('--delete-untagged', words.deleteUntagged, OPTIONS['delete-untagged'].words)
  const driver = values.choice('--driver', words.driver, OPTIONS.driver.words)
  const engines: readonly GcEngine[] = engine === 'all' ? ['2.8', '3'] : [engine]
  const flags = answer === 'both' ? [false, true] : [answer === 'yes']
  return engines.flatMap((each) => flags.map((deleteUntagged) => ({ engine: each, deleteUntagged, driver })))
}

function requireGlobs(globs: readonly string[], values: OptionValues): void {
  if (globs.some((glob) => glob.length > LONGEST_GLOB))
    values.problems.push(`--exclude-target: expected globs of at most ${LONGEST_GLOB} characters`)
}

/** Formats that only other commands have. */
const NOT_OF_PREVIEW: ReadonlySet<OutputChoice['format']> = new Set(['html', 'repair'])

function requireOutputs(outputs: readonly OutputChoice[], values: OptionValues): void {
  for (const { format } of outputs)
    if (NOT_OF_PREVIEW.has(format))
      values.problems.push(`--output: gc-preview has no format ${format}; see regfsck gc-preview --help`)
}
