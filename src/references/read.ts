import { readGitLab } from './ci/gitlab/read-gitlab.ts'
import { Collected } from './collected.ts'
import { directoryOf } from './compose/paths.ts'
import type { ComposeOptions } from './compose/read.ts'
import { readCompose } from './compose/read.ts'
import { readDockerfile } from './dockerfile/read-dockerfile.ts'
import { kindOf, REFERENCE_KINDS, type ReferenceKind } from './kind.ts'
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
}

/** Something that names an image and does not need it. */
export interface LeftOut {
  readonly place: Place
  /** Such as `service db`. */
  readonly what: string
  /** Why, as the end of a sentence: `the pod has finished`. */
  readonly because: string
}

/**
 * Reads the references in files. Compose files of one directory are one project, merged in the order given; Kubernetes
 * objects of all files belong together.
 */
export function readReferences(
  files: readonly SourceFile[],
  options: ReadOptions,
  readSibling: ReadSibling,
): AllReferences {
  const found = new Collected()
  const leftOut: LeftOut[] = []
  const byKind = sorted(files, options.fromType, found)
  for (const project of projectsIn(byKind.compose)) {
    const read = readCompose(project, options.compose, readSibling)
    found.addAll(read)
    leftOut.push(...read.leftOut.map(({ place, usedBy, because }) => ({ place, what: usedBy, because })))
  }
  const { customImageFields } = options
  const cluster = readKubernetes(byKind.kubernetes, { customImageFields })
  found.addAll(cluster)
  leftOut.push(...cluster.finished.map(({ place, label, because }) => ({ place, what: label, because })))
  for (const file of byKind.dockerfile) found.addAll(readDockerfile(file, options))
  for (const file of byKind['gitlab-ci']) found.addAll(readGitLab(file, readSibling))
  for (const file of byKind.list) found.addAll(readList(file))
  return { ...found, leftOut }
}

function sorted(
  files: readonly SourceFile[],
  fromType: ReferenceKind | undefined,
  found: Collected,
): Readonly<Record<ReferenceKind, readonly SourceFile[]>> {
  const byKind: Record<ReferenceKind, SourceFile[]> = {
    compose: [],
    kubernetes: [],
    dockerfile: [],
    'gitlab-ci': [],
    list: [],
  }
  for (const file of files) {
    const because = problemOf(file)
    const kind = fromType ?? kindOf(file)
    if (because === undefined && kind !== undefined) byKind[kind].push(file)
    else found.unreadable.push({ place: { file: file.name, line: 1, column: 1 }, because: because ?? UNKNOWN })
  }
  return byKind
}

const UNKNOWN = `it is none of the kinds that can be read: ${REFERENCE_KINDS.join(', ')}. If it is one, give --from-type`

function problemOf({ text }: SourceFile): string | undefined {
  if (text.includes('\0')) return 'it is not text: it has a NUL character'
  return text.trim() === '' ? 'it is empty' : undefined
}

function projectsIn(files: readonly SourceFile[]): readonly (readonly SourceFile[])[] {
  const projects = new Map<string, SourceFile[]>()
  for (const file of files) {
    const directory = directoryOf(file.name)
    projects.set(directory, [...(projects.get(directory) ?? []), file])
  }
  return [...projects.values()]
}
