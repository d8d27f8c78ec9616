import { redact } from '../../oci/redact.ts'
import type { CannotRead, Place, ReadSibling, UnreadableFile } from '../reference.ts'
import type { MapNode } from '../yaml/node.ts'
import { outlineProblems } from './outline.ts'
import { directoryOf, isRemote, join } from './paths.ts'
import { Budget, layerOf, TooManyValues } from './values/convert.ts'
import { type MapValue, ProjectFile, placeOf, type TextValue, type Value } from './values/value.ts'
import type { Environment } from './variables/environment.ts'

/** How many projects may be included. Each that includes the next one twice doubles their number. */
const MOST_INCLUDED = 1000

/** One run over a project: what it may read, and what could not be read. */
export class Session {
  readonly unreadable: UnreadableFile[] = []
  readonly budget: Budget = new Budget()
  readonly #readSibling: ReadSibling
  readonly #read = new Map<string, ProjectFile | CannotRead>()
  #included = 0

  constructor(readSibling: ReadSibling) {
    this.#readSibling = readSibling
  }

  report(place: Place, because: string): void {
    this.unreadable.push({ place, because })
  }

  /**
   * Reads a file that a value names.
   *
   * @param from a file in the directory that the path is relative to
   */
  open(from: string, path: TextValue): ProjectFile | undefined {
    const { outcome } = path
    if ('because' in outcome) return this.#cannotOpen(path, outcome.because)
    if (isRemote(outcome.text))
      return this.#cannotOpen(path, `${redact(outcome.text)} is not on this machine, and is not fetched`)
    const read = this.#siblingOf(from, outcome.text)
    if ('because' in read) return this.#cannotOpen(path, `${outcome.text} cannot be read: ${read.because}`)
    return read
  }

  /** Each file is read once. */
  #siblingOf(from: string, path: string): ProjectFile | CannotRead {
    const key = join(directoryOf(from), path)
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const read = this.#readSibling(from, path)
    const file = 'because' in read ? read : new ProjectFile(read)
    this.#read.set(key, file)
    return file
  }

  /** @param at where the list of includes names the project */
  mayInclude(at: Value): boolean {
    this.#included++
    if (this.#included > MOST_INCLUDED) this.report(placeOf(at), `more than ${MOST_INCLUDED} projects are included`)
    return this.#included <= MOST_INCLUDED
  }

  #cannotOpen(path: TextValue, because: string): ProjectFile | undefined {
    this.report(placeOf(path), because)
    return undefined
  }

  /** Reads a file of the project that may be missing, such as `.env`. */
  openIfThere(from: string, path: string, environment: Environment): ProjectFile | undefined {
    const read = this.#siblingOf(from, path)
    if (!('because' in read)) return read
    if (read.isMissing) return undefined
    const name = join(directoryOf(from), path)
    environment.isMissing(name)
    this.report({ file: name, line: 1, column: 1 }, `it cannot be read: ${read.because}`)
    return undefined
  }

  /** What matters of each document of a file. A document that is wrong does not hide the others. */
  layersOf(file: ProjectFile, environment: Environment): readonly MapValue[] {
    const layers: MapValue[] = []
    for (const document of file.documents) {
      if ('because' in document) this.report(file.placeAt(document.at), document.because)
      else if (document.root?.kind === 'map') layers.push(...this.#layerOf(document.root, file, environment))
      else if (document.root !== undefined)
        this.report(file.placeAt(document.root.start), 'not a compose file: its top level is not a mapping')
    }
    return layers
  }

  #layerOf(root: MapNode, file: ProjectFile, { lookup }: Environment): readonly MapValue[] {
    for (const { at, because } of outlineProblems(root)) this.report(file.placeAt(at), because)
    try {
      return [layerOf(root, file, lookup, this.budget)]
    } catch (error) {
      if (!(error instanceof TooManyValues)) throw error
      this.report(file.placeAt(root.start), error.message)
      return []
    }
  }
}
