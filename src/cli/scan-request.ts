import { readFileSync } from 'node:fs'
import picomatch from 'picomatch'
import type { Depth, Rules } from '../check/rules.ts'
import { isRepositoryName } from '../oci/names.ts'
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
  readonly requestTimeout: string
  readonly tokenFile?: string | undefined
  readonly tokenHost: readonly string[]
  readonly caFile?: string | undefined
  readonly clientCert?: string | undefined
  readonly clientKey?: string | undefined
  readonly allowFetch?: boolean | undefined
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
  readonly api: ApiRequest
  readonly failOn: 'error' | 'warning' | 'never'
  readonly color: 'auto' | 'always' | 'never'
  readonly logLevel: string
}

/** How to ask registries over their API. */
export interface ApiRequest {
  /** Names to look at, where all that was given are names and not globs. */
  readonly repositories: readonly string[] | undefined
  readonly connections: number
  /** Milliseconds for one request. */
  readonly timeout: number
  readonly tokenFile: string | undefined
  readonly tokenHosts: readonly string[]
  readonly ca: string | undefined
  readonly client: { readonly cert: string; readonly key: string } | undefined
  readonly allowFetch: boolean
}

/** Threads that hide the latency of a disk without costing much memory. */
const THREADS = '12'
/** Requests under way at one time to one registry. */
const CONNECTIONS = '16'
const URL_TARGET = /^[a-z0-9+.-]+:\/\//i
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
  const named = readNamed(words, values)
  const wanted = wantedBy(named, words.exclude)
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
    api: readApi(words, named, values),
    failOn: values.choice('--fail-on', words.failOn, ['error', 'warning', 'never']),
    color: values.choice('--color', words.color, ['auto', 'always', 'never']),
    logLevel: values.choice('--log-level', words.logLevel, LEVELS),
  }
  for (const target of targets.filter(isUrl)) requireRegistryUrl(target, values)
  if (request.garbage && targets.some(isUrl))
    values.problems.push('--garbage: only storage on disk shows what is unused; leave it out for a URL')
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

/** Whether a target is asked over the network. */
export function isUrl(target: string): boolean {
  return URL_TARGET.test(target)
}

function requireRegistryUrl(target: string, values: OptionValues): void {
  const problem = (why: string): void => void values.problems.push(`${why}: expected https://HOST[:PORT][/PREFIX]`)
  if (!URL.canParse(target)) problem(`${JSON.stringify(target)} is no URL`)
  else {
    const { protocol, username, password, search, hash } = new URL(target)
    // What may be a password is not repeated.
    if (username !== '' || password !== '')
      problem('a target URL must not carry a user name or password (put them into the docker config)')
    else if (!['http:', 'https:'].includes(protocol)) problem(`${JSON.stringify(target)} cannot be scanned`)
    else if (search !== '' || hash !== '') problem(`${JSON.stringify(target)} has a query or a fragment`)
  }
}

function readApi(words: ScanWords, named: readonly string[] | undefined, values: OptionValues): ApiRequest {
  const { tokenFile, caFile, clientCert, clientKey } = words
  if ((clientCert === undefined) !== (clientKey === undefined))
    values.problems.push('--client-cert and --client-key: give both or none')
  const cert = clientCert === undefined ? undefined : readText('--client-cert', clientCert, values)
  const key = clientKey === undefined ? undefined : readText('--client-key', clientKey, values)
  return {
    repositories: named?.every(isRepositoryName) ? [...new Set(named)] : undefined,
    connections: values.count('--concurrency', words.concurrency ?? CONNECTIONS, 1, 256),
    timeout: values.duration('--request-timeout', words.requestTimeout),
    tokenFile,
    tokenHosts: words.tokenHost,
    ca: caFile === undefined ? undefined : readText('--ca-file', caFile, values),
    client: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    allowFetch: words.allowFetch ?? false,
  }
}

function readText(flag: string, file: string, values: OptionValues): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    values.problems.push(`${flag}: cannot read ${file}: ${error instanceof Error ? error.message : ''}`)
    return undefined
  }
}

/** Names and globs of repositories; `undefined` where none are given, which means all. */
function readNamed(words: ScanWords, values: OptionValues): readonly string[] | undefined {
  if (words.repositoriesFrom === undefined) return words.repositories.length > 0 ? words.repositories : undefined
  return [...words.repositories, ...readList(words.repositoriesFrom, values)]
}

function wantedBy(named: readonly string[] | undefined, excluded: readonly string[]): (repository: string) => boolean {
  const isNamed = named === undefined ? () => true : matcher(named)
  const isExcluded = matcher(excluded)
  return (repository) => isNamed(repository) && !isExcluded(repository)
}

function readList(file: string, values: OptionValues): string[] {
  return (readText('--repositories-from', file, values) ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

function matcher(globs: readonly string[]): (repository: string) => boolean {
  return globs.length === 0 ? () => false : picomatch([...globs])
}
