import { useText } from '../../check/findings/phrases.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import type { DeployedImage } from '../../gc/preview/deployed.ts'
import { redact } from '../../oci/redact.ts'
import { type ImageNeed, needsOf } from '../../references/needs.ts'
import type { LeftOut } from '../../references/read.ts'
import { readFilesOf } from '../check/deployed.ts'
import type { FromWords } from '../check/from-words.ts'
import type { OptionValues } from '../options/option-values.ts'

/** What the files of `--from` name. */
export interface DeployedImages {
  readonly images: readonly DeployedAt[]
  readonly leftOut: readonly LeftOut[]
  /** Files that cannot be read, and places that may name an image of this registry. */
  readonly unchecked: readonly UncheckedRecord[]
}

/** A deployed image, and where its registry is. */
export interface DeployedAt extends DeployedImage {
  readonly host: string
}

/** Reads the files of `--from`. @returns `undefined` without any */
export function readDeployedImages(words: FromWords, values: OptionValues): DeployedImages | undefined {
  if (words.from.length === 0) return undefined
  const { read, unreadable, leftOut } = readFilesOf(words, values)
  const { images, unknown } = needsOf(read)
  if (images.length + unknown.length + unreadable.length === 0)
    values.problems.push(`--from: ${words.from.join(', ')}: no image is named in there`)
  return {
    images: images.map(deployedAt),
    leftOut,
    unchecked: [
      ...unreadable.map(({ place, because }) => recordOf('FILE_UNREADABLE', place, because)),
      ...unknown.map(({ text, place, usedBy, because }) =>
        recordOf('REFERENCE_UNKNOWN', place, `${usedBy}: ${text === '' ? 'an empty image' : redact(text)}: ${because}`),
      ),
    ],
  }
}

/**
 * The images that are in one registry: those at its host, if that is known, else those of its repositories.
 *
 * @param host of `--registry-url`
 */
export function imagesIn(
  { images }: DeployedImages,
  { host, repositories }: { readonly host: string | undefined; readonly repositories: ReadonlySet<string> },
): readonly DeployedImage[] {
  return images.filter((image) => (host === undefined ? repositories.has(image.repository) : image.host === host))
}

function deployedAt({ reference, text, uses, running }: ImageNeed): DeployedAt {
  return {
    text: redact(text),
    host: new URL(reference.origin).host,
    repository: reference.repository,
    wanted: reference.wanted,
    running: running.flatMap((each) => (each.is === 'local' ? [] : { is: each.is, digest: each.digest })),
    usedBy: uses.map(useText),
  }
}

function recordOf(
  because: UncheckedRecord['because'],
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
  detail: string,
): UncheckedRecord {
  return { repository: undefined, path: `${file}:${line}:${column}`, because, detail }
}
