import type { Rules } from '../../check/rules.ts'
import { OPTIONS } from '../../config/options/table.ts'
import { InputError } from '../../oci/input-error.ts'
import { parsePlatform } from '../../oci/platform.ts'
import type { EarlierPins } from '../../references/pin/history.ts'
import { isAmbiguous } from '../../references/pin/pin-names.ts'
import type { PinFormat } from '../../references/pin/written-pins.ts'
import type { LeftOut } from '../../references/read.ts'
import { type FilesNamingImages, readFilesOf } from '../check/deployed.ts'
import { type HostDepths, readHostDepths } from '../check/host-depths.ts'
import { type ApiRequest, readApi, requireOneTokenHost } from '../options/api-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { readReporting } from '../options/report-request.ts'
import { mirrorUrls, type Runtime, readRuntime } from '../pull-sources/runtime.ts'
import type { RunRequest } from '../run/job.ts'
import { type Candidate, candidatesIn } from './candidates.ts'
import { type Destination, historyPathOf, readDestination, readHistoryOf } from './destination.ts'
import { askFor, type PinTargets } from './pin-targets.ts'
import { type PinMode, type PinWords, requireConsistent, STDOUT } from './pin-words.ts'
import { requirePossible } from './possible.ts'
import { readSelection } from './selection.ts'

/** A validated request of `pin`. */
export interface PinRequest extends RunRequest, PinTargets {
  readonly mode: PinMode
  readonly rules: Rules
  readonly api: ApiRequest
  readonly hostDepths: HostDepths
  readonly runtime: Runtime
  readonly paths: readonly string[]
  readonly destination: Destination
  /** The earlier pins of each file that may change, by its name. */
  readonly histories: ReadonlyMap<string, readonly EarlierPins[]>
  readonly keep: number
  readonly isDryRun: boolean
  /** Of all files that were read, by name. */
  readonly texts: ReadonlyMap<string, string>
  /** Files that `--from` does not name: those include or extend them. */
  readonly siblings: ReadonlySet<string>
  readonly unreadable: FilesNamingImages['unreadable']
  readonly leftOut: readonly LeftOut[]
  readonly fileCount: number
}

/** @throws {UsageError} with a line for each problem */
export function readPinRequest(words: PinWords): PinRequest {
  const values = new OptionValues()
  const mode = requireConsistent(words, values)
  const platform = words.platform === undefined ? undefined : readPlatform(words.platform, values)
  const files = readFilesOf(words, values)
  const format =
    words.format === undefined ? usualFormat(files) : values.choice('--format', words.format, OPTIONS.format.words)
  const place = { path: words.write === STDOUT ? undefined : words.write, format, isInPlace: words.inPlace ?? false }
  const destination = readDestination(place, values, mode === 'check')
  const all = [...files.read.images, ...files.read.unknown].map(({ usedBy }) => usedBy)
  const selection = readSelection(words, [...all, ...files.leftOut.map(({ what }) => what)], values)
  const candidates = candidatesIn(files.read, selection)
  const texts = new Map([...files.files, ...files.siblings].map(({ name, text }) => [name, text]))
  const isMoving = mode === 'rollback' || words.update === true
  const possible = requirePossible(candidates, { destination, mode, isMoving, texts }, values)
  const histories = historiesOf(destination, possible.taken, values)
  if (mode === 'rollback' && [...histories.values()].every(({ length }) => length === 0))
    values.problems.push(`--rollback: there are no earlier pins beside ${[...histories.keys()].join(', ')}`)
  if (mode === 'rollback') requireClear(possible.taken, histories, values)
  const targets = askFor(possible, { mode, destination, histories, platform, isUpdate: words.update ?? false })
  if (words.from.length > 0 && all.length + files.unreadable.length === 0)
    values.problems.push(`--from: ${words.from.join(', ')}: no image is named in there`)
  else if (possible.taken.length + targets.unknown.length + files.unreadable.length === 0)
    values.problems.push('nothing is left to pin')
  const reporting = readReporting({ ...words, output: [], failOn: 'error' }, values)
  const api = readApi(words, values)
  const runtime = readRuntime(words, values)
  requireOneTokenHost(words.tokenFile, [...targets.images.map(({ origin }) => origin), ...mirrorUrls(runtime)], values)
  const keep = values.count('--keep', words.keep, OPTIONS.keep)
  values.finish()
  return {
    ...reporting,
    ...targets,
    mode,
    destination,
    histories,
    keep,
    api,
    hostDepths: readHostDepths(words.hostDepth, values),
    runtime,
    texts,
    siblings: new Set(files.siblings.map(({ name }) => name)),
    paths: words.from,
    isDryRun: words.dryRun ?? false,
    unreadable: files.unreadable,
    leftOut: [
      ...files.skipped.map(({ place, because }) => ({ place, what: 'the file', because })),
      ...files.leftOut,
      ...possible.leftOut,
    ],
    fileCount: files.files.length,
    outputs: [
      { format: 'table', file: undefined, onlyProblems: true, commandWithOutputs: 'regfsck check --from FILE' },
    ],
    metrics: undefined,
    repositoriesAreNamed: true,
    garbage: false,
    allTags: true,
    rules: { depth: reporting.depth, roots: 'tags', engine: undefined, pullThrough: false, sparse: false, platform },
  }
}

/** Of some formats it is not known who had which of several digests of one tag. */
function requireClear(
  taken: readonly Candidate[],
  histories: ReadonlyMap<string, readonly EarlierPins[]>,
  values: OptionValues,
): void {
  for (const [path, [earlier]] of histories)
    for (const { key } of taken)
      if (earlier !== undefined && isAmbiguous(earlier.pins, key))
        values.problems.push(`--rollback: ${key} had several digests before; they are in ${historyPathOf(path)}`)
}

function readPlatform(text: string, values: OptionValues): string | undefined {
  try {
    return parsePlatform(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    values.problems.push(`--platform: ${error.message}`)
    return undefined
  }
}

/** The form that fits the files: those of compose are pinned in an override, manifests by kustomize. */
function usualFormat({ read: { kinds } }: FilesNamingImages): PinFormat {
  const [kind, ...others] = kinds
  return others.length === 0 && (kind === 'compose' || kind === 'kubernetes') ? FORMATS[kind] : 'list'
}

const FORMATS = { compose: 'compose', kubernetes: 'kustomize' } as const

function historiesOf(
  destination: Destination,
  taken: readonly { readonly reference: { readonly place: { readonly file: string } } }[],
  values: OptionValues,
): ReadonlyMap<string, readonly EarlierPins[]> {
  const inPlace = destination.is === 'in-place' ? taken.map(({ reference }) => reference.place.file) : []
  const paths = destination.is === 'file' ? [destination.path] : [...new Set(inPlace)]
  return new Map(paths.map((path) => [path, readHistoryOf(path, values)]))
}
