import type { Rules } from '../../check/rules.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { isDigest } from '../../oci/digest.ts'
import { InputError } from '../../oci/input-error.ts'
import { parsePlatform } from '../../oci/platform.ts'
import { parseReference } from '../../oci/reference.ts'
import type { UseRules } from '../../references/image-findings.ts'
import { AUTO } from '../../references/needs.ts'
import { type ApiRequest, readApi, requireOneTokenHost } from '../options/api-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { readReporting } from '../options/report-request.ts'
import { type UnknownOption, unknownOptionText } from '../options/unknown-option.ts'
import { mirrorUrls, type Runtime, readRuntime } from '../pull-sources/runtime.ts'
import type { RunRequest } from '../run/job.ts'
import { readOutputs } from '../run/outputs.ts'
import type { Deployed } from './deployed.ts'
import { requireFrom } from './from-words.ts'
import { type HostDepths, readHostDepths } from './host-depths.ts'
import type { Wanted } from './wanted.ts'

/** Options of `check`: text, not yet checked. */
export type CheckWords = WordsOf<'check'>

/** A validated request of `check`. */
export interface CheckRequest extends RunRequest {
  readonly images: readonly Wanted[]
  readonly rules: Rules
  readonly api: ApiRequest
  /** The digest that the image must have. */
  readonly expected: string | undefined
  /** Whether stdout lists the proved images. */
  readonly printsProofs: boolean
  /** What `--from` says. */
  readonly deployed: Deployed | undefined
  readonly use: UseRules
  readonly hostDepths: HostDepths
  readonly runtime: Runtime
  /** Whether a parent process gets the events. */
  readonly sendsToParent: boolean
}

/**
 * @param unknown words that look like options and are not
 * @param readsFiles `false` only checks the options: the files of `--from` are read later
 * @throws {UsageError} with a line for each problem
 */
export async function readCheckRequest(
  references: readonly string[],
  words: CheckWords,
  unknown: readonly UnknownOption[] = [],
  readsFiles = true,
): Promise<CheckRequest> {
  const values = new OptionValues()
  for (const option of unknown) values.problems.push(unknownOptionText(option, 'check'))
  // After an unknown option, a word may be its value.
  const platform =
    words.platform === undefined ? undefined : readPlatform(words.platform, words.from.length > 0, values)
  const named =
    unknown.length > 0
      ? []
      : references.flatMap((text) => readImage(text, platform === AUTO ? undefined : platform, values))
  requireFrom(words, values)
  if (words.usePullSecrets === true && words.tokenFile !== undefined)
    values.problems.push('--use-pull-secrets and --token-file: only one can say which credential is sent')
  // The readers are half of the code of a check, and most checks need none.
  const deployed =
    words.from.length === 0 || !readsFiles
      ? undefined
      : (await import('./deployed.ts')).readDeployed(words, platform, values)
  if (references.length === 0 && words.from.length === 0)
    values.problems.push('there is nothing to check: name an image, or a file that names images with --from')
  const images = [...named, ...(deployed?.images ?? [])]
  const { expectDigest: expected } = words
  if (expected !== undefined && !isDigest(expected))
    values.problems.push(`--expect-digest: not a digest: ${JSON.stringify(expected)}`)
  if (expected !== undefined && (references.length > 1 || words.from.length > 0))
    values.problems.push('--expect-digest: works with one image; check several one by one')
  const hostDepths = readHostDepths(words.hostDepth, values)
  const runtime = readRuntime(words, values)
  const reporting = readReporting(words, values)
  const outputs = readOutputs(words, values)
  if (outputs.some(({ format }) => format === 'prometheus'))
    values.problems.push('--output: prometheus is for whole registries: use regfsck scan')
  const request: CheckRequest = {
    ...reporting,
    images,
    outputs,
    metrics: undefined,
    repositoriesAreNamed: true,
    rules: {
      depth: reporting.depth,
      roots: 'tags',
      engine: undefined,
      pullThrough: false,
      sparse: false,
      platform: platform === AUTO ? undefined : platform,
    },
    hostDepths,
    runtime,
    sendsToParent: words.reportToParent ?? false,
    api: readApi(words, values),
    garbage: false,
    allTags: true,
    expected,
    deployed,
    use: {
      requireDigest: words.requireDigest ?? false,
      moved: values.choice('--moved', words.moved ?? 'warning', OPTIONS.moved.words),
    },
    printsProofs: words.output.length === 0 || outputs.every(({ file }) => file !== undefined),
  }
  requireOneTokenHost(words.tokenFile, [...images.map(({ origin }) => origin), ...mirrorUrls(runtime)], values)
  values.finish()
  return request
}

function readPlatform(text: string, hasFiles: boolean, values: OptionValues): string {
  if (text === AUTO && hasFiles) return AUTO
  if (text === AUTO) values.problems.push('--platform: auto only works with --from')
  if (text === AUTO) return AUTO
  try {
    return parsePlatform(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    values.problems.push(`--platform: ${error.message}`)
    return ''
  }
}

function readImage(text: string, platform: string | undefined, values: OptionValues): Wanted[] {
  try {
    return [{ ...parseReference(text), text, platform }]
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    values.problems.push(error.message)
    return []
  }
}
