import type { Rules } from '../../check/rules.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { isDigest } from '../../oci/digest.ts'
import { InputError } from '../../oci/input-error.ts'
import { parsePlatform } from '../../oci/platform.ts'
import { parseReference, type Reference } from '../../oci/reference.ts'
import { type ApiRequest, readApi, requireOneTokenHost } from '../options/api-request.ts'
import { OptionValues } from '../options/option-values.ts'
import { readReporting } from '../options/report-request.ts'
import { type UnknownOption, unknownOptionText } from '../options/unknown-option.ts'
import type { RunRequest } from '../run/job.ts'
import { readOutputs } from '../run/outputs.ts'

/** Options of `check`: text, not yet checked. */
export type CheckWords = WordsOf<'check'>

/** An image, and its text on the command line. */
export interface Wanted extends Reference {
  readonly text: string
}

/** A validated request of `check`. */
export interface CheckRequest extends RunRequest {
  readonly images: readonly Wanted[]
  readonly rules: Rules
  readonly api: ApiRequest
  /** The digest that the image must have. */
  readonly expected: string | undefined
  /** Whether stdout lists the proved images. */
  readonly printsProofs: boolean
}

/**
 * @param unknown words that look like options and are not
 * @throws {UsageError} with a line for each problem
 */
export function readCheckRequest(
  references: readonly string[],
  words: CheckWords,
  unknown: readonly UnknownOption[] = [],
): CheckRequest {
  const values = new OptionValues()
  for (const option of unknown) values.problems.push(unknownOptionText(option, 'check'))
  // After an unknown option, a word may be its value.
  const images = unknown.length > 0 ? [] : references.flatMap((text) => readImage(text, values))
  const { expectDigest: expected } = words
  if (expected !== undefined && !isDigest(expected))
    values.problems.push(`--expect-digest: not a digest: ${JSON.stringify(expected)}`)
  if (expected !== undefined && references.length > 1)
    values.problems.push('--expect-digest: works with one image; check several one by one')
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
      platform: words.platform === undefined ? undefined : readPlatform(words.platform, values),
    },
    api: readApi(words, values),
    garbage: false,
    allTags: true,
    expected,
    printsProofs: words.output.length === 0 || outputs.every(({ file }) => file !== undefined),
  }
  requireOneTokenHost(
    words.tokenFile,
    images.map(({ origin }) => origin),
    values,
  )
  values.finish()
  return request
}

function readPlatform(text: string, values: OptionValues): string {
  try {
    return parsePlatform(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    values.problems.push(`--platform: ${error.message}`)
    return ''
  }
}

function readImage(text: string, values: OptionValues): Wanted[] {
  try {
    return [{ ...parseReference(text), text }]
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    values.problems.push(error.message)
    return []
  }
}
