import { OPTIONS } from '../../config/options/table.ts'
import type { FilesRead } from '../../references/file-events.ts'
import { AUTO, needsOf } from '../../references/needs.ts'
import { type AllReferences, type LeftOut, readReferences } from '../../references/read.ts'
import type { SourceFile, UnreadableFile } from '../../references/reference.ts'
import type { OptionValues } from '../options/option-values.ts'
import { readFrom, readSibling } from './from-files.ts'
import type { FromWords } from './from-words.ts'
import { inCluster } from './in-cluster.ts'
import { PullSecrets } from './pull-secrets.ts'
import type { Wanted } from './wanted.ts'

/** What the files of `--from` say. */
export interface Deployed extends FilesRead {
  /** The paths of `--from`, as given. */
  readonly paths: readonly string[]
  readonly images: readonly Wanted[]
  readonly leftOut: readonly LeftOut[]
  /** Sentences about pull secrets that are not among the documents. */
  readonly missingSecrets: readonly string[]
}

/** What the files of `--from` say about images, before it is known which are to be checked. */
export interface FilesNamingImages {
  readonly read: AllReferences
  readonly files: readonly SourceFile[]
  /** What those name beside themselves: included and extended files, `.env`. */
  readonly siblings: readonly SourceFile[]
  readonly unreadable: readonly UnreadableFile[]
  readonly skipped: readonly UnreadableFile[]
  readonly leftOut: readonly LeftOut[]
}

/** Reads the files of `--from`. */
export function readFilesOf(words: FromWords, values: OptionValues): FilesNamingImages {
  const { files, unreadable, skipped, notTaken } = readFrom(words.from, words.recursive ?? false)
  const envFiles = words.envFile.flatMap((path) => envFileAt(path, values))
  const { fromType } = words
  const siblings: SourceFile[] = []
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
    (from, path) => {
      const sibling = readSibling(from, path)
      if ('text' in sibling) siblings.push(sibling)
      return sibling
    },
  )
  for (const field of read.unusedFields)
    values.problems.push(`--custom-image-fields: no object in ${words.from.join(', ')} has ${JSON.stringify(field)}`)
  return {
    read,
    files,
    siblings,
    unreadable: [...unreadable, ...read.unreadable],
    skipped,
    leftOut: [...notTaken.map(notTakenByCompose), ...read.leftOut],
  }
}

/**
 * Reads what `check --from` checks.
 *
 * @param platform of `--platform`, for images whose file names none; `auto` is that of the nodes
 */
export function readDeployed(
  words: FromWords & { readonly cluster?: string | undefined },
  platform: string | undefined,
  values: OptionValues,
): Deployed {
  const named = readFilesOf(words, values)
  const { read, files, unreadable, skipped, leftOut } =
    words.cluster === undefined ? named : inCluster(named, words.cluster)
  const secrets = words.usePullSecrets === true ? new PullSecrets(read.pullSecrets) : undefined
  const { images, unknown } = needsOf(read, platform, (...use) => secrets?.identityOf(...use) ?? '')
  const isAnswered = isAnswerOfCluster(read)
  if (
    platform === AUTO &&
    read.nodes === 0 &&
    !(isAnswered && read.images.length === 0) &&
    read.images.every(({ platform: own }) => own === undefined)
  )
    values.problems.push(
      `--platform: auto: ${words.from.join(', ')} describes no node: add the output of kubectl get nodes -o json`,
    )
  if (images.length + unknown.length + unreadable.length === 0 && !isAnswered)
    values.problems.push(`--from: ${words.from.join(', ')}: no image is named in there`)
  return {
    paths: words.from,
    totals: { files: files.length, references: read.images.length + read.unknown.length, images: images.length },
    images: images.map((need) => ({
      ...need.reference,
      text: need.text,
      platform: need.platform,
      need,
      credential: secrets && (() => secrets.credentialFor(need.reference, need.pullSecrets)),
    })),
    missingSecrets: secrets?.missing(read.images) ?? [],
    unknown,
    unreadable,
    skipped,
    leftOut,
  }
}

/**
 * Whether a cluster has answered, so that no image is a result: an idle namespace needs none. Any other file without an
 * image is most likely the wrong file.
 */
function isAnswerOfCluster({ answers, kinds, leftOut }: AllReferences): boolean {
  return answers > 0 || (leftOut.length > 0 && kinds.every((kind) => kind === 'kubernetes'))
}

/** Beside `compose.yaml`, compose takes another file only with `-f`. */
function notTakenByCompose(file: string): LeftOut {
  const because = 'compose takes another file of this directory; name it with --from too'
  return { place: { file, line: 1, column: 1 }, what: 'the file', because }
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
