import { readFileSync } from 'node:fs'
import picomatch from 'picomatch'
import type { Depth, Rules } from '../check/rules.ts'
import { OptionValues } from './option-values.ts'
import { type OutputChoice, readOutputs } from './outputs.ts'

/** Options of `scan` as they are written: text, not yet checked. */
export interface ScanWords {
  readonly depth: string
  readonly output: readonly string[]
  readonly registry?: string | undefined
  readonly repositories: readonly string[]
  readonly repositoriesFrom?: string | undefined
  readonly exclude: readonly string[]
  readonly roots: string
  readonly engine?: string | undefined
  readonly pullThrough: readonly string[]
  readonly sparse: readonly string[]
  readonly garbage?: boolean | undefined
  readonly allTags?: boolean | undefined
  readonly followSymlinks?: boolean | undefined
  readonly recheckDelay: string
  readonly deadline?: string | undefined
  readonly concurrency?: string | undefined
  readonly failOn: string
  readonly color: string
  readonly logLevel: string
}

/** What `scan` is asked to do, checked. */
export interface ScanRequest {
  readonly targets: readonly string[]
  readonly depth: Depth
  readonly outputs: readonly OutputChoice[]
  readonly registry: string | undefined
  readonly rulesFor: (pullThrough: boolean) => (repository: string) => Rules | undefined
  /** Whether the operator declares a registry, by its label, a pull-through cache. */
  readonly declaresCache: (registry: string) => boolean
  readonly garbage: boolean
  readonly allTags: boolean
  readonly followSymlinks: boolean
  /** Milliseconds. */
  readonly recheckDelay: number
  /** Milliseconds for the whole run. */
  readonly deadline: number | undefined
  readonly threads: number
  readonly failOn: 'error' | 'warning' | 'never'
  readonly color: 'auto' | 'always' | 'never'
  readonly logLevel: string
}

/** Threads that hide the latency of a disk without costing much memory. */
const THREADS = '12'
const LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const

/**
 * @param unknown words that look like options and are none
 * @throws {UsageError} with a line for each problem
 */
export function readScanRequest(
  targets: readonly string[],
  words: ScanWords,
  unknown: readonly string[] = [],
): ScanRequest {
  const values = new OptionValues()
  for (const flag of unknown) values.problems.push(`unknown option ${JSON.stringify(flag)}; see regfsck scan --help`)
  const depth = values.choice('--depth', words.depth, ['blobs', 'graph', 'content'])
  const wanted = readWanted(words, values)
  const engine = words.engine === undefined ? undefined : values.choice('--engine', words.engine, ['2', '3'])
  const roots = values.choice('--roots', words.roots, ['tags', 'revisions'])
  const isSparse = matcher(words.sparse)
  const request: ScanRequest = {
    targets,
    depth,
    outputs: readOutputs(words.output, values),
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
    declaresCache: (registry) => words.pullThrough.includes('*') || words.pullThrough.includes(registry),
    garbage: words.garbage ?? false,
    allTags: words.allTags ?? false,
    followSymlinks: words.followSymlinks ?? false,
    recheckDelay: values.duration('--recheck-delay', words.recheckDelay),
    deadline: words.deadline === undefined ? undefined : values.duration('--deadline', words.deadline),
    threads: values.count('--concurrency', words.concurrency ?? THREADS, 1, 256),
    failOn: values.choice('--fail-on', words.failOn, ['error', 'warning', 'never']),
    color: values.choice('--color', words.color, ['auto', 'always', 'never']),
    logLevel: values.choice('--log-level', words.logLevel, LEVELS),
  }
  for (const target of targets)
    if (/^[a-z0-9+.-]+:\/\//i.test(target))
      values.problems.push(`${JSON.stringify(target)}: this version scans storage on disk; give it a path`)
  if (
    request.garbage &&
    (words.repositories.length > 0 || words.exclude.length > 0 || words.repositoriesFrom !== undefined)
  )
    values.problems.push(
      '--garbage: needs every repository to know what is unused; leave out --repositories and --exclude',
    )
  if (request.garbage && depth === 'graph')
    values.problems.push('--garbage: needs --depth blobs or content; depth graph does not see blobs')
  if (words.registry?.trim() === '') values.problems.push('--registry: expected a name')
  values.finish()
  return request
}

/** Which repositories are to be looked at: all, unless some are named. */
function readWanted(words: ScanWords, values: OptionValues): (repository: string) => boolean {
  const listed = words.repositoriesFrom === undefined ? [] : readList(words.repositoriesFrom, values)
  const named = [...words.repositories, ...listed]
  const isNamed = named.length > 0 || words.repositoriesFrom !== undefined ? matcher(named) : () => true
  const isExcluded = matcher(words.exclude)
  return (repository) => isNamed(repository) && !isExcluded(repository)
}

function readList(file: string, values: OptionValues): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
  } catch (error) {
    values.problems.push(`--repositories-from: cannot read ${file}: ${error instanceof Error ? error.message : ''}`)
    return []
  }
}

function matcher(globs: readonly string[]): (repository: string) => boolean {
  return globs.length === 0 ? () => false : picomatch([...globs])
}
