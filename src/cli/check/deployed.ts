import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import type { FilesRead } from '../../references/file-events.ts'
import { needsOf } from '../../references/needs.ts'
import { type LeftOut, readReferences } from '../../references/read.ts'
import type { SourceFile } from '../../references/reference.ts'
import type { OptionValues } from '../options/option-values.ts'
import type { Wanted } from './check-request.ts'
import { readFrom, readSibling } from './from-files.ts'

/** What the files of `--from` say. */
export interface Deployed extends FilesRead {
  /** The paths of `--from`, as given. */
  readonly paths: readonly string[]
  readonly images: readonly Wanted[]
  readonly leftOut: readonly LeftOut[]
}

/** Options about files that name images. */
export type FromWords = Pick<
  WordsOf<'check'>,
  'from' | 'fromType' | 'recursive' | 'envFile' | 'composeProfile' | 'buildArg' | 'customImageFields'
>

/**
 * Reads the files of `--from`.
 *
 * @param platform of `--platform`, for images whose file names none
 * @returns `undefined` without `--from`
 */
export function readDeployed(
  words: FromWords,
  platform: string | undefined,
  values: OptionValues,
): Deployed | undefined {
  requireFrom(words, values)
  if (words.from.length === 0) return undefined
  const { files, unreadable } = readFrom(words.from, words.recursive ?? false)
  const envFiles = words.envFile.flatMap((path) => envFileAt(path, values))
  const { fromType } = words
  const read = readReferences(
    files,
    {
      fromType: fromType === undefined ? undefined : values.choice('--from-type', fromType, OPTIONS['from-type'].words),
      compose: {
        environment: process.env,
        profiles: words.composeProfile,
        ...(envFiles.length > 0 && { envFiles }),
      },
      buildArgs: new Map(words.buildArg.map((text) => pairOf(text))),
      customImageFields: words.customImageFields,
    },
    readSibling,
  )
  const { images, unknown } = needsOf(read, platform)
  if (images.length + unknown.length + unreadable.length + read.unreadable.length === 0)
    values.problems.push(`--from: ${words.from.join(', ')}: no image is named in there`)
  return {
    paths: words.from,
    totals: { files: files.length, references: read.images.length + read.unknown.length, images: images.length },
    images: images.map((need) => ({ ...need.reference, text: need.text, platform: need.platform, need })),
    unknown,
    unreadable: [...unreadable, ...read.unreadable],
    leftOut: read.leftOut,
  }
}

/** Options that say nothing without `--from`. */
function requireFrom(words: FromWords, values: OptionValues): void {
  if (words.from.length > 0) return
  const given = {
    '--from-type': words.fromType,
    '--recursive': words.recursive,
    '--env-file': words.envFile[0],
    '--compose-profile': words.composeProfile[0],
    '--build-arg': words.buildArg[0],
    '--custom-image-fields': words.customImageFields[0],
  }
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined && value !== false) values.problems.push(`${flag}: only works with --from`)
}

function envFileAt(path: string, values: OptionValues): SourceFile[] {
  const text = values.file('--env-file', path)
  return text === undefined ? [] : [{ name: path, text }]
}

/** `NAME` alone takes its value from the environment, as with docker build. */
function pairOf(text: string): readonly [string, string] {
  const [, name = text, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  return [name, value ?? process.env[name] ?? '']
}
