import type { UncheckedRecord } from '../../check/records.ts'
import type { SelectionCheck } from '../../check/scan/selection.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { fileRecords } from '../../references/file-events.ts'
import { type ImageNeed, needsOf } from '../../references/needs.ts'
import { readFilesOf } from '../check/deployed.ts'
import { requireFrom } from '../check/from-words.ts'
import { type ApiRequest, readApi, requireOneTokenHost } from '../options/api-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { notUrlProblem, parseTarget, type Target, targetProblem, urlsOf } from '../options/target.ts'
import { type UnknownOption, unknownOptionText } from '../options/unknown-option.ts'
import { louder } from '../options/verbosity.ts'
import { type OutputChoice, readOutputs } from '../run/outputs.ts'
import { matcher } from '../scan/repository-patterns.ts'
import { readSelection, type SelectionWords } from '../scan/repository-selection.ts'
import { type AskedLine, readAsked, readWithoutTags } from './line-files.ts'

/** Options of `reachable`: text, not yet checked. */
export type ReachableWords = WordsOf<'reachable'> & SelectionWords

/** A validated request of `reachable`. */
export interface ReachableRequest {
  readonly targets: readonly Target[]
  readonly registry: string | undefined
  readonly isWanted: (repository: string) => boolean
  readonly newSelection: () => SelectionCheck
  readonly isExcludedTarget: (below: string) => boolean
  readonly followSymlinks: boolean
  readonly threads: number
  readonly api: ApiRequest & {
    readonly repositories: readonly string[] | undefined
    readonly listsCatalog: boolean
  }
  /** Images of `--from`. */
  readonly needs: readonly ImageNeed[]
  /** What of `--from` cannot be known. */
  readonly unknown: readonly UncheckedRecord[]
  readonly registryUrl: string | undefined
  /** Tags that count as deleted, by repository. */
  readonly without: ReadonlyMap<string, ReadonlySet<string>>
  /** Missing: what is reached is listed or summed up. */
  readonly asked: readonly AskedLine[] | undefined
  readonly printsProtectList: boolean
  readonly outputs: readonly OutputChoice[]
  readonly deadline: number | undefined
  readonly color: 'auto' | 'always' | 'never'
  readonly logLevel: string
  readonly quiet: boolean
}

/** Threads that hide the latency of a disk without costing much memory. */
const THREADS = '12'

/**
 * @param unknown words that look like options and are not
 * @throws {UsageError} with a line for each problem
 */
export function readReachableRequest(
  texts: readonly string[],
  words: ReachableWords,
  unknown: readonly UnknownOption[] = [],
): ReachableRequest {
  const values = new OptionValues()
  for (const option of unknown) values.problems.push(unknownOptionText(option, 'reachable'))
  const targets = texts.map(parseTarget)
  values.problems.push(...targets.flatMap((target) => targetProblem(target) ?? []))
  requireOneTokenHost(words.tokenFile, urlsOf(targets), values)
  const registryUrlProblem = words.registryUrl === undefined ? undefined : notUrlProblem(words.registryUrl)
  if (registryUrlProblem !== undefined) values.problems.push(`--registry-url: ${registryUrlProblem}`)
  if (words.registry?.trim() === '') values.problems.push('--registry: expected a name')
  const selection = readSelection(words, values)
  requireOneReaderOfInput(words, values)
  const files = readDeployed(words, values)
  const request: ReachableRequest = {
    targets,
    registry: words.registry,
    isWanted: selection.isWanted,
    newSelection: selection.newCheck,
    isExcludedTarget: matcher(words.excludeTarget),
    followSymlinks: words.followSymlinks ?? false,
    threads: values.count('--concurrency', words.concurrency ?? THREADS, OPTIONS.concurrency),
    api: { ...readApi(words, values), repositories: selection.named, listsCatalog: !selection.areAllNamed },
    ...files,
    registryUrl: words.registryUrl,
    without: words.withoutTags === undefined ? new Map() : readWithoutTags(words.withoutTags, values),
    asked: words.digestsFrom === undefined ? undefined : readAsked(words.digestsFrom, values),
    printsProtectList: words.protectList ?? false,
    outputs: readOutputs(words, values),
    deadline: words.deadline === undefined ? undefined : values.wait('--deadline', words.deadline, OPTIONS.deadline),
    color: values.choice('--color', words.color, OPTIONS.color.words),
    logLevel: louder(values.choice('--log-level', words.logLevel, OPTIONS['log-level'].words), 'warn', words.verbose),
    quiet: words.quiet ?? false,
  }
  requireOneResult(request, values)
  values.finish()
  return request
}

function readDeployed(words: ReachableWords, values: OptionValues): Pick<ReachableRequest, 'needs' | 'unknown'> {
  requireFrom({ ...words, moved: undefined, usePullSecrets: undefined }, values)
  if (words.from.length === 0) return { needs: [], unknown: [] }
  const { read, unreadable, skipped } = readFilesOf({ ...words, moved: undefined, usePullSecrets: undefined }, values)
  const { images, unknown } = needsOf(read)
  if (images.length + unknown.length + unreadable.length === 0)
    values.problems.push(`--from: ${words.from.join(', ')}: no image is named in there`)
  // Nothing may be deleted because a file was skipped: it may name what is needed after all.
  return { needs: images, unknown: fileRecords({ unknown, unreadable: [...unreadable, ...skipped] }) }
}

function requireOneReaderOfInput(words: ReachableWords, values: OptionValues): void {
  const readers = Object.entries({
    '--from': words.from.includes('-'),
    '--digests-from': words.digestsFrom === '-',
    '--without-tags': words.withoutTags === '-',
  }).flatMap(([flag, reads]) => (reads ? flag : []))
  if (readers.length > 1) values.problems.push(`${readers.join(' and ')}: only one can read standard input`)
}

function requireOneResult({ asked, printsProtectList, outputs }: ReachableRequest, values: OptionValues): void {
  if (asked !== undefined && printsProtectList)
    values.problems.push('--protect-list and --digests-from: give one; both print to stdout')
  for (const { format } of outputs)
    if (format !== 'table' && format !== 'json')
      values.problems.push(`--output: expected table or json, not ${JSON.stringify(format)}`)
}
