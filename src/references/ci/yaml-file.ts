import { Lines } from '../lines.ts'
import type { Place, SourceFile, UnreadableFile } from '../reference.ts'
import type { Node } from '../yaml/node.ts'
import { parseYaml } from '../yaml/parse.ts'

/** A file of a CI system: YAML of a moderate size. */
export class YamlFile {
  readonly name: string
  /** The documents that could be read; an empty one is left out. */
  readonly roots: readonly Node[]
  readonly unreadable: readonly UnreadableFile[]
  readonly #text: string
  readonly #lines: Lines

  constructor({ name, text }: SourceFile) {
    this.name = name
    this.#text = text
    this.#lines = new Lines(name, text)
    const documents = text.length > LONGEST ? [{ at: 0, because: TOO_LONG }] : parseYaml(text)
    this.roots = documents.flatMap((document) => ('root' in document && document.root ? [document.root] : []))
    this.unreadable = documents.flatMap((document) =>
      'because' in document ? [{ place: this.#lines.at(document.at), because: document.because }] : [],
    )
  }

  placeOf({ start }: Node): Place {
    return this.#lines.at(start)
  }

  /** A node as it is written, up to the end of its first line. */
  writtenAs(node: Node): string {
    if (node.kind === 'scalar') return node.text
    const [line = ''] = this.#text.slice(node.start, node.end).split(/[\r\n]/, 1)
    return line
  }
}

/** In UTF-16 units. */
const LONGEST = 4 * 2 ** 20
const TOO_LONG = 'it is longer than 4 MiB, too long for a CI configuration'
