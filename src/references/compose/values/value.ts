import { Lines } from '../../lines.ts'
import type { Place, SourceFile } from '../../reference.ts'
import type { ScalarNode } from '../../yaml/node.ts'
import { parseYaml } from '../../yaml/parse.ts'
import type { ParsedDocument } from '../../yaml/parsed-document.ts'
import type { Interpolated } from '../variables/interpolate.ts'

/** A value of a compose file, with its variables replaced. `undefined` is null. */
export type Value = MapValue | ListValue | TextValue

interface Origin {
  readonly file: ProjectFile
  /** UTF-16 offsets in its text. */
  readonly start: number
  readonly end: number
}

/** A mapping. */
export interface MapValue extends Origin {
  readonly kind: 'map'
  readonly fields: ReadonlyMap<string, Field>
}

/** A key and its value. */
export interface Field {
  /** Where the key stands first. */
  readonly file: ProjectFile
  readonly at: number
  readonly value: Value | undefined
  /**
   * What it does to the same key of what it is merged over: `!reset` removes it, and is no value itself; `!override`
   * replaces it.
   */
  readonly tag?: '!reset' | '!override'
}

/** A sequence. */
export interface ListValue extends Origin {
  readonly kind: 'list'
  readonly items: readonly (Value | undefined)[]
}

/** Text, a number or a truth value. */
export interface TextValue extends Origin {
  readonly kind: 'text'
  readonly node: ScalarNode
  readonly outcome: Interpolated
}

/** A file of a project, and where its offsets are. */
export class ProjectFile implements SourceFile {
  readonly name: string
  readonly text: string
  #lines: Lines | undefined
  #documents: readonly ParsedDocument[] | undefined

  constructor({ name, text }: SourceFile) {
    this.name = name
    this.text = text
  }

  get documents(): readonly ParsedDocument[] {
    this.#documents ??= parseYaml(this.text)
    return this.#documents
  }

  placeAt(offset: number): Place {
    this.#lines ??= new Lines(this.name, this.text)
    return this.#lines.at(offset)
  }
}

/** The value below some keys. */
export function get(value: Value | undefined, ...keys: readonly string[]): Value | undefined {
  let at = value
  for (const key of keys) {
    const field = at?.kind === 'map' ? at.fields.get(key) : undefined
    at = field?.tag === '!reset' ? undefined : field?.value
  }
  return at
}

/** The fields of a mapping; of anything else, none. */
export function fieldsOf(value: Value | undefined): readonly (readonly [string, Field])[] {
  return value?.kind === 'map' ? [...value.fields].filter(([, { tag }]) => tag !== '!reset') : []
}

/** The items of a sequence; of anything else, none. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items.filter((item) => item !== undefined) : []
}

/** A text that is known; of anything else, nothing. */
export function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'text' && 'text' in value.outcome ? value.outcome.text : undefined
}

/** Where a value stands. */
export function placeOf({ file, start }: Value): Place {
  return file.placeAt(start)
}

/** A value as the file has it: its first line. */
export function writtenAt({ file, start, end }: Origin): string {
  const [line = ''] = file.text.slice(start, Math.min(end, start + SHOWN)).split(/[\r\n]/, 1)
  return line.trimEnd()
}

/** Characters of a value that are shown. */
const SHOWN = 200

/** A mapping without keys. */
export function emptyMap(file: ProjectFile): MapValue {
  return { kind: 'map', file, start: 0, end: 0, fields: new Map() }
}
