import type { Rules } from '../../check/rules.ts'
import { type Pattern, type Selection, SelectionCheck } from '../../check/scan/selection.ts'
import { isInShard, parseShard, type Shard } from '../../check/scan/shard.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { isRepositoryName } from '../../oci/names.ts'
import { type ApiRequest, readApi, requireOneTokenHost } from '../options/api-request.ts'
import { type MetricsRequest, readMetrics } from '../options/metrics-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { readReporting } from '../options/report-request.ts'
import { notUrlProblem, parseTarget, type Target, targetProblem, urlsOf } from '../options/target.ts'
import { type UnknownOption, unknownOptionText } from '../options/unknown-option.ts'
import type { RunRequest } from '../run/job.ts'
import { readOutputs } from '../run/outputs.ts'
import { LONGEST_GLOB, matcher, patternsOf, whyNoPattern } from './repository-patterns.ts'

/** Options of `scan`: text, not yet checked. */
export type ScanWords = WordsOf<'scan'> & {
  /** `--repositories` is set and empty. */
  readonly namesNothing?: boolean
}

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
  const chosen = readChosen(words, values)
  const named = chosen?.map(({ text }) => text)
  const selection: Selection = {
    chosen,
    excluded: patternsOf('--exclude', words.exclude),
    marked: patternsOf('--sparse', words.sparse),
  }
  const shard = words.shard === undefined ? undefined : readShard(words.shard, values)
  requireShortGlobs(
    {
      '--repositories': named,
      '--exclude': words.exclude,
      '--exclude-target': words.excludeTarget,
      '--sparse': words.sparse,
    },
    values,
  )
  const wanted = wantedBy({ named, excluded: words.exclude, shard })
  const engine = words.engine === undefined ? undefined : values.choice('--engine', words.engine, OPTIONS.engine.words)
  const roots = values.choice('--roots', words.roots ?? 'tags', OPTIONS.roots.words)
  const isSparse = matcher(words.sparse)
  const outputs = readOutputs(words, values)
  const exact = named?.filter((text) => isRepositoryName(text))
  const isExact = named !== undefined && exact?.length === named.length
  if (isExact && named.length > 0 && named.every(matcher(words.exclude)))
    values.problems.push('--exclude: leaves none of the repositories that are named')
  const request: ScanRequest = {
    ...reporting,
    shard,
    targets,
    against: words.against,
    registryUrl: words.registryUrl,
    outputs,
    metrics: readMetrics(words, outputs, values),
    repositoriesAreNamed: isExact,
    registry: words.registry,
    rulesFor: (pullThrough) => (repository) =>
      wanted(repository)
        ? {
            depth,
            roots,
            engine: engine === undefined ? undefined : engine === '3' ? 3 : 2,
            pullThrough,
            sparse: isSparse(repository),
          }
        : undefined,
    newSelection: () => new SelectionCheck(selection),
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
      repositories: exact?.length ? [...new Set(exact)] : undefined,
      listsCatalog: !isExact,
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

/** Names and globs of repositories; `undefined` means all of them. */
function readChosen(words: ScanWords, values: OptionValues): readonly Pattern[] | undefined {
  const { repositories, repositoriesFrom: file } = words
  if (words.namesNothing) values.problems.push('--repositories: names no repository; leave it out for all')
  for (const text of repositories) requirePattern(text, '--repositories', values)
  const given = patternsOf('--repositories', repositories)
  if (file !== undefined) return [...given, ...patternsOf('--repositories-from', readList(file, values))]
  return given.length > 0 ? given : undefined
}

function requirePattern(text: string, where: string, values: OptionValues): void {
  const why = text.length > LONGEST_GLOB ? undefined : whyNoPattern(text)
  if (why !== undefined) values.problems.push(`${where}: ${why}`)
}

function wantedBy(choice: {
  readonly named: readonly string[] | undefined
  readonly excluded: readonly string[]
  readonly shard: Shard | undefined
}): (repository: string) => boolean {
  const { named, excluded, shard } = choice
  const isNamed = named === undefined ? () => true : matcher(named)
  const isExcluded = matcher(excluded)
  const isOurs = shard === undefined ? () => true : (repository: string) => isInShard(repository, shard)
  return (repository) => isNamed(repository) && !isExcluded(repository) && isOurs(repository)
}

function readShard(text: string, values: OptionValues): Shard | undefined {
  const shard = parseShard(text)
  if (shard === undefined)
    values.problems.push(
      `--shard: expected I/N with I from 0 to N-1 and N at most 1000, such as 0/4, 1/4, 2/4 and 3/4, not ${JSON.stringify(text)}`,
    )
  return shard
}

function readList(file: string, values: OptionValues): string[] {
  const text = values.file('--repositories-from', file)
  if (text === undefined) return []
  const lines = text.split('\n').map((line, n) => ({ n: n + 1, text: line.trim() }))
  const named = lines.filter((line) => line.text !== '' && !line.text.startsWith('#'))
  if (named.length === 0) values.problems.push(`--repositories-from: ${file} names no repository`)
  for (const line of named) requirePattern(line.text, `--repositories-from: ${file}, line ${line.n}`, values)
  return named.map((line) => line.text)
}

function requireShortGlobs(globs: Readonly<Record<string, readonly string[] | undefined>>, values: OptionValues): void {
  for (const [flag, list = []] of Object.entries(globs))
    if (list.some((glob) => glob.length > LONGEST_GLOB))
      values.problems.push(`${flag}: expected globs of at most ${LONGEST_GLOB} characters`)
}
