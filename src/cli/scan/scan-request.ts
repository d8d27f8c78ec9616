import type { Rules } from '../../check/rules.ts'
import type { SelectionCheck } from '../../check/scan/selection.ts'
import { isInShard, parseShard, type Shard } from '../../check/scan/shard.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { type ApiRequest, readApi, requireOneTokenHost } from '../options/api-request.ts'
import { type MetricsRequest, readMetrics } from '../options/metrics-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { readReporting } from '../options/report-request.ts'
import { notUrlProblem, parseTarget, type Target, targetProblem, urlsOf } from '../options/target.ts'
import { type UnknownOption, unknownOptionText } from '../options/unknown-option.ts'
import type { RunRequest } from '../run/job.ts'
import { readOutputs } from '../run/outputs.ts'
import { matcher } from './repository-patterns.ts'
import { readSelection } from './repository-selection.ts'

/** Options of `scan`: text, not yet checked. */
export type ScanWords = WordsOf<'scan'>

/** A validated request of `scan`. */
export interface ScanRequest extends RunRequest {
  readonly metrics: MetricsRequest
  readonly targets: readonly Target[]
  /** The URL of the API that is compared with storage. */
  readonly against: string | undefined
  readonly registry: string | undefined
  readonly rulesFor: (pullThrough: boolean) => (repository: string) => Rules | undefined
  /** Creates the check of the selection for one registry. */
  readonly newSelection: () => SelectionCheck
  /** The names of registries that the operator declared as pull-through caches. */
  readonly declaredCaches: readonly string[]
  /** Whether the operator declared a registry, by its name, as a pull-through cache. */
  readonly declaresCache: (registry: string) => boolean
  readonly followSymlinks: boolean
  /** Whether a directory is excluded, by its path below a target. */
  readonly isExcludedTarget: (below: string) => boolean
  /** Whether events are sent to the parent process. */
  readonly sendsToParent: boolean
  readonly threads: number
  readonly api: ApiRequest & {
    /** Repositories given by name, in the catalog or not. */
    readonly repositories: readonly string[] | undefined
    /** Whether others are selected too, which only the catalog lists. */
    readonly listsCatalog: boolean
  }
}

/** Threads that hide the latency of a disk without costing much memory. */
const THREADS = '12'

/**
 * @param unknown words that look like options and are not
 * @throws {UsageError} with a line for each problem
 */
export function readScanRequest(
  texts: readonly string[],
  words: ScanWords,
  unknown: readonly UnknownOption[] = [],
): ScanRequest {
  const values = new OptionValues()
  const targets = texts.map(parseTarget)
  for (const option of unknown) values.problems.push(unknownOptionText(option, 'scan'))
  const reporting = readReporting(words, values)
  const { depth } = reporting
  const selection = readSelection(words, values)
  const shard = words.shard === undefined ? undefined : readShard(words.shard, values)
  const isOurs = shard === undefined ? () => true : (repository: string) => isInShard(repository, shard)
  const engine = words.engine === undefined ? undefined : values.choice('--engine', words.engine, OPTIONS.engine.words)
  const roots = values.choice('--roots', words.roots ?? 'tags', OPTIONS.roots.words)
  const isSparse = matcher(words.sparse)
  const outputs = readOutputs(words, values)
  const request: ScanRequest = {
    ...reporting,
    shard,
    targets,
    against: words.against,
    registryUrl: words.registryUrl,
    outputs,
    metrics: readMetrics(words, outputs, values),
    repositoriesAreNamed: selection.areAllNamed,
    registry: words.registry,
    rulesFor: (pullThrough) => (repository) =>
      selection.isWanted(repository) && isOurs(repository)
        ? {
            depth,
            roots,
            engine,
            pullThrough,
            sparse: isSparse(repository),
          }
        : undefined,
    newSelection: selection.newCheck,
    declaredCaches: words.pullThrough.filter((name) => name !== '*'),
    declaresCache: (registry) => words.pullThrough.includes('*') || words.pullThrough.includes(registry),
    garbage: words.garbage ?? false,
    allTags: words.allTags ?? false,
    countsUntagged: words.roots === undefined,
    followSymlinks: words.followSymlinks ?? false,
    isExcludedTarget: matcher(words.excludeTarget),
    sendsToParent: words.reportToParent ?? false,
    threads: values.count('--concurrency', words.concurrency ?? THREADS, OPTIONS.concurrency),
    api: {
      ...readApi(words, values),
      repositories: selection.named,
      listsCatalog: !selection.areAllNamed,
    },
  }
  const against = words.against === undefined ? [] : [parseTarget(words.against)]
  values.problems.push(...[...targets, ...against].flatMap((target) => targetProblem(target) ?? []))
  const urls = urlsOf(targets)
  requireOneTokenHost(words.tokenFile, [...urls, ...urlsOf(against)], values)
  if (words.against !== undefined && urlsOf(against).length === 0)
    values.problems.push(`--against: ${notUrlProblem(words.against) ?? ''}`)
  if (words.against !== undefined && (targets.length !== 1 || urls.length > 0))
    values.problems.push('--against: compares the storage of one registry with its API: give one path and one URL')
  if (words.registryUrl !== undefined)
    requireRegistryUrl(words.registryUrl, urls.length > 0 || words.against !== undefined, values)
  if (request.garbage && urls.length > 0)
    values.problems.push('--garbage: works on storage only; leave it out for a URL')
  if (
    request.garbage &&
    (words.repositories.length > 0 ||
      words.exclude.length > 0 ||
      words.repositoriesFrom !== undefined ||
      words.shard !== undefined)
  )
    values.problems.push('--garbage: needs all repositories; leave out --repositories, --exclude and --shard')
  if (request.garbage && depth === 'graph')
    values.problems.push('--garbage: needs --depth blobs or content; depth graph does not see blobs')
  if (words.registry?.trim() === '') values.problems.push('--registry: expected a name')
  values.finish()
  return request
}

/** The URL is already known if an API is scanned or compared with storage. */
function requireRegistryUrl(url: string, isKnown: boolean, values: OptionValues): void {
  const problem = notUrlProblem(url)
  if (problem !== undefined) values.problems.push(`--registry-url: ${problem}`)
  if (isKnown) values.problems.push('--registry-url: is for storage only; the URL of this target is known already')
}

function readShard(text: string, values: OptionValues): Shard | undefined {
  const shard = parseShard(text)
  if (shard === undefined)
    values.problems.push(
      `--shard: expected I/N with I from 0 to N-1 and N at most 1000, such as 0/4, 1/4, 2/4 and 3/4, not ${JSON.stringify(text)}`,
    )
  return shard
}
