import type { Collected } from '../../collected.ts'
import type { CannotRead, SourceFile } from '../../reference.ts'
import { child, itemsOf, type MapNode, type Node, textOf } from '../../yaml/node.ts'
import { YamlFile } from '../yaml-file.ts'
import { deepMerge } from './deep-merge.ts'
import { givenInputs, type Inputs, inputsOf } from './inputs.ts'

/** A pipeline's configuration: a file with the local files that it includes. */
export interface Configuration {
  readonly root: MapNode
  /** Whether something that it includes was not read, so that jobs may be missing. */
  readonly isPartial: boolean
  /** The file that a node is from. */
  fileOf(node: Node): YamlFile
  /** The values of the inputs of the file that a node is from. */
  inputsOf(node: Node): Inputs
  /** The files of the pipelines that jobs start (`trigger:include`). */
  childPipelines(jobs: readonly MapNode[]): readonly SourceFile[]
}

/** Reads a file by its path from the root of the repository. */
export type ReadLocal = (path: string) => SourceFile | CannotRead

/** Nothing includes more files, says GitLab. */
const MOST_INCLUDES = 150

/**
 * Reads a configuration and merges what it includes. What cannot be read is added to `found`.
 *
 * @see GitLab CI/CD YAML syntax reference, "include", "spec:inputs"; "Use configuration from other files"
 */
export function readConfiguration(file: SourceFile, readLocal: ReadLocal, found: Collected): Configuration {
  const loader = new Loader(readLocal, found)
  const root = loader.load(file, new Map(), [])
  return {
    root,
    isPartial: loader.isPartial,
    fileOf: (node) => loader.originOf(node).file,
    inputsOf: (node) => loader.originOf(node).inputs,
    childPipelines: (jobs) => jobs.flatMap((job) => loader.childPipelines(job)),
  }
}

/** Where nodes are from. */
interface Origin {
  readonly file: YamlFile
  readonly inputs: Inputs
}

class Loader {
  isPartial = false
  readonly #readLocal: ReadLocal
  readonly #found: Collected
  readonly #origins = new Map<Node, Origin>()
  readonly #first: Origin[] = []
  #includes = 0

  constructor(readLocal: ReadLocal, found: Collected) {
    this.#readLocal = readLocal
    this.#found = found
  }

  originOf(node: Node): Origin {
    const origin = this.#origins.get(node) ?? this.#first[0]
    if (origin === undefined) throw new Error('no file was read')
    return origin
  }

  /** @param path the files that lead to this one */
  load(source: SourceFile, given: ReadonlyMap<string, string>, path: readonly string[]): MapNode {
    const file = new YamlFile(source)
    for (const unreadable of file.unreadable) this.#found.unreadable.push(unreadable)
    const { header, body } = partsOf(file)
    const origin = { file, inputs: inputsOf(header, given) }
    this.#first.push(origin)
    if (body === undefined) return NOTHING
    if (body.kind !== 'map') {
      this.#found.unreadable.push({ place: file.placeOf(body), because: 'it is not a mapping of jobs' })
      return NOTHING
    }
    if (path.length > 0) this.#mark(body, origin)
    let included = NOTHING
    for (const entry of entriesOf(child(body, 'include')))
      included = deepMerge(included, this.#include(entry, file, [...path, source.name]))
    return deepMerge(included, body)
  }

  /** Notes where all nodes of an included file are from. */
  #mark(node: Node, origin: Origin): void {
    if (this.#origins.has(node)) return
    this.#origins.set(node, origin)
    if (node.kind === 'map') for (const { value } of node.entries.values()) this.#mark(value, origin)
    if (node.kind === 'list') for (const item of node.items) this.#mark(item, origin)
  }

  /** @see "trigger:include" */
  childPipelines(job: MapNode): readonly SourceFile[] {
    return entriesOf(child(job, 'trigger', 'include')).flatMap((entry) => {
      const source = this.#source(entry, this.originOf(entry).file)
      return source === undefined ? [] : [source]
    })
  }

  #include(entry: Node, file: YamlFile, path: readonly string[]): MapNode {
    const source = this.#source(entry, file)
    if (source === undefined) return NOTHING
    if (path.includes(source.name)) {
      this.#report(entry, file, 'it includes itself')
      return NOTHING
    }
    return this.load(source, givenInputs(entry), path)
  }

  /** The local file that an entry of `include` names. If it cannot be read, jobs may be missing. */
  #source(entry: Node, file: YamlFile): SourceFile | undefined {
    const source = this.#read(entry)
    if ('name' in source) return source
    this.#report(entry, file, source.because)
    return undefined
  }

  #read(entry: Node): SourceFile | { readonly because: string } {
    const local = localPathOf(entry)
    if (local === undefined) return { because: whyNotLocal(entry) }
    if (/[*$]/.test(local)) return { because: 'a pattern of file names is not followed' }
    if (local.split('/').includes('..')) return { because: 'it leads out of the repository' }
    if (++this.#includes > MOST_INCLUDES) return { because: `more than ${MOST_INCLUDES} files are included` }
    return this.#readLocal(local.replace(/^\/+/, ''))
  }

  #report(entry: Node, file: YamlFile, because: string): void {
    this.isPartial = true
    const place = file.placeOf(entry)
    this.#found.unknown.push({ text: file.writtenAs(entry), place, usedBy: 'include', because })
  }
}

const NOTHING: MapNode = { kind: 'map', start: 0, end: 0, entries: new Map() }

/** @see "spec": a header is a document of its own before the configuration */
function partsOf({ roots }: YamlFile): { readonly header?: Node; readonly body: Node | undefined } {
  const [first, second] = roots
  return first && second && child(first, 'spec') ? { header: first, body: second } : { body: first }
}

/** @see "include": one entry or a list of them */
function entriesOf(include: Node | undefined): readonly Node[] {
  if (include === undefined || (include.kind === 'scalar' && include.value === undefined)) return []
  return include.kind === 'list' ? itemsOf(include) : [include]
}

/** @see "include:local"; a text that is no URL is a local file */
function localPathOf(entry: Node): string | undefined {
  const text = textOf(entry)
  if (text !== undefined) return /^https?:\/\//i.test(text) ? undefined : text
  return textOf(child(entry, 'local'))
}

function whyNotLocal(entry: Node): string {
  return child(entry, 'artifact')
    ? 'a job writes it when the pipeline runs'
    : 'files of other repositories are not read'
}
