import { readGitHub } from './ci/github/read-github.ts'
import { readGitLab } from './ci/gitlab/read-gitlab.ts'
import { readWoodpecker } from './ci/woodpecker/read-woodpecker.ts'
import { Collected } from './collected.ts'
import type { ComposeService } from './compose/answer.ts'
import { directoryOf } from './compose/paths.ts'
import { type ComposeOptions, readCompose } from './compose/read.ts'
import { readDockerfile } from './dockerfile/read-dockerfile.ts'
import { type KindFound, kindOf, type ReferenceKind } from './kind.ts'
import type { PullSecret } from './kubernetes/pull-secret.ts'
import { readKubernetes } from './kubernetes/read-kubernetes.ts'
import { readList } from './list.ts'
import type { Place, ReadSibling, ReferencesRead, SourceFile } from './reference.ts'

/** How files are read. */
export interface ReadOptions {
  /** What kind all files are. Missing: it is found out for each. */
  readonly fromType: ReferenceKind | undefined
  readonly compose: ComposeOptions
  readonly buildArgs: ReadonlyMap<string, string>
  readonly customImageFields: readonly string[]
}

/** All references of some files, and what was left out on purpose. */
export interface AllReferences extends ReferencesRead {
  readonly leftOut: readonly LeftOut[]
  /** How many nodes of a cluster are described. */
  readonly nodes: number
  /** How many answers of a cluster were read: lists of objects, also empty ones. */
  readonly answers: number
  /** Contents are secret. */
  readonly pullSecrets: readonly PullSecret[]
  /** What the files are. */
  readonly kinds: readonly ReferenceKind[]
  /** The services of compose files whose image compose pulls. */
  readonly services: readonly ComposeService[]
  /** Of the custom fields that were asked for, those that no object has. */
  readonly unusedFields: readonly string[]
}

/** Something that names an image and does not need it. */
export interface LeftOut {
  readonly place: Place
  /** Such as `service db`. */
  readonly what: string
  /** Why, as the end of a sentence: `the pod has finished`. */
  readonly because: string
}

/** In UTF-16 units. */
const LONGEST = 2 ** 28

/**
 * Reads the references in files, in their order. Compose files of one directory are one project, merged in the order
 * given; Kubernetes objects of all files belong together. A file that cannot be read does not stop the others.
 */
export function readReferences(
  files: readonly SourceFile[],
  options: ReadOptions,
  readSibling: ReadSibling,
): AllReferences {
  const reads = groupsOf(files, options.fromType).map((group) => readGroup(group, options, readSibling))
  const isUnused = (field: string): boolean => reads.every(({ unusedFields }) => unusedFields.includes(field))
  const order = new Map(files.map(({ name }, at) => [name, at]))
  return {
    images: inOrder(
      reads.map(({ images }) => images),
      order,
    ),
    unknown: inOrder(
      reads.map(({ unknown }) => unknown),
      order,
    ),
    unreadable: inOrder(
      reads.map(({ unreadable }) => unreadable),
      order,
    ),
    leftOut: inOrder(
      reads.map(({ leftOut }) => leftOut),
      order,
    ),
    kinds: [...new Set(reads.flatMap(({ kinds }) => kinds))],
    services: reads.flatMap(({ services }) => services),
    nodes: reads.reduce((sum, { nodes }) => sum + nodes, 0),
    answers: reads.reduce((sum, { answers }) => sum + answers, 0),
    pullSecrets: reads.flatMap(({ pullSecrets }) => pullSecrets),
    unusedFields: options.customImageFields.filter(isUnused),
  }
}

/** Files that are read together. */
interface Group {
  readonly found: KindFound
  readonly files: SourceFile[]
}

function groupsOf(files: readonly SourceFile[], fromType: ReferenceKind | undefined): readonly Group[] {
  const groups = new Map<string, Group>()
  files.forEach((file, at) => {
    const found = foundOf(file, fromType)
    const key = keyOf(found, file) ?? String(at)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { found, files: [file] })
    else group.files.push(file)
  })
  return [...groups.values()]
}

function keyOf(found: KindFound, { name }: SourceFile): string | undefined {
  if ('because' in found) return undefined
  if (found.kind === 'kubernetes') return 'kubernetes'
  return found.kind === 'compose' ? `compose ${directoryOf(name)}` : undefined
}

function foundOf(file: SourceFile, fromType: ReferenceKind | undefined): KindFound {
  if (file.text.length > LONGEST) return { because: 'it is larger than 256 MiB' }
  if (file.text.includes('\0')) return { because: 'it is not text: it has a NUL character' }
  if (!/\S/.test(file.text)) return { because: 'it is empty' }
  return fromType === undefined ? kindOf(file) : { kind: fromType }
}

function readGroup({ found, files }: Group, options: ReadOptions, readSibling: ReadSibling): AllReferences {
  const unusedFields = options.customImageFields
  if ('because' in found) {
    const unreadable = files.map(({ name: file }) => ({ place: { file, line: 1, column: 1 }, because: found.because }))
    return { ...NO_CLUSTER, images: [], unknown: [], unreadable, leftOut: [], kinds: [], services: [], unusedFields }
  }
  const kinds = [found.kind]
  if (found.kind === 'compose') {
    const read = readCompose(files, options.compose, readSibling)
    const leftOut = read.leftOut.map(({ place, usedBy, because }) => ({ place, what: usedBy, because }))
    return { ...NO_CLUSTER, ...read, leftOut, kinds, unusedFields }
  }
  if (found.kind === 'kubernetes') {
    const read = readKubernetes(files, options)
    const leftOut = read.finished.map(({ place, label, because }) => ({ place, what: label, because }))
    return { ...read, leftOut, kinds, services: [] }
  }
  const alone = new Collected()
  for (const file of files) alone.addAll(readAlone(file, found.kind, options, readSibling))
  const { images, unknown, unreadable } = alone
  return { ...NO_CLUSTER, images, unknown, unreadable, leftOut: [], kinds, services: [], unusedFields }
}

/** What only Kubernetes objects tell. */
const NO_CLUSTER: Pick<AllReferences, 'nodes' | 'answers' | 'pullSecrets'> = { nodes: 0, answers: 0, pullSecrets: [] }

/** Reads a file that has nothing to do with the others. */
function readAlone(
  file: SourceFile,
  kind: Exclude<ReferenceKind, 'compose' | 'kubernetes'>,
  options: ReadOptions,
  readSibling: ReadSibling,
): ReferencesRead {
  switch (kind) {
    case 'dockerfile':
      return readDockerfile(file, options)
    case 'gitlab-ci':
      return readGitLab(file, readSibling)
    case 'github-actions':
      return readGitHub(file)
    case 'woodpecker':
      return readWoodpecker(file)
    case 'list':
      return readList(file)
  }
}

/** What was found, in the order of the files. What is in a file that another one includes stands with its group. */
function inOrder<Found extends { readonly place: Place }>(
  lists: readonly (readonly Found[])[],
  order: ReadonlyMap<string, number>,
): readonly Found[] {
  return lists
    .flatMap((list) => {
      const group = list.find(({ place }) => order.has(place.file))?.place.file ?? ''
      const other = order.get(group) ?? order.size
      return list.map((found) => ({ found, at: order.get(found.place.file) ?? other }))
    })
    .sort((one, other) => one.at - other.at)
    .map(({ found }) => found)
}
