import type { Entry, ListNode, MapNode, Node, ScalarNode } from '../../yaml/node.ts'
import { interpolate, type Lookup } from '../variables/interpolate.ts'
import { below, COMPOSE_FILE, type Shape } from './shape.ts'
import type { Field, ListValue, MapValue, ProjectFile, TextValue, Value } from './value.ts'

/** How many values a project may have. Aliases and `extends` repeat what they name, so a small file can have very many. */
const MOST = 500_000

/** A project that has too many values. */
export class TooManyValues extends Error {
  constructor() {
    super(`more than ${MOST} values; aliases and extends repeat what they name`)
  }
}

/** Counts the values of a project. */
export class Budget {
  #values = 0

  /** @throws {TooManyValues} */
  spend(values: number): void {
    this.#values += values
    if (this.#values > MOST) throw new TooManyValues()
  }
}

/**
 * Reads what matters of a document, and replaces the variables: only in values, and before files are merged.
 *
 * @throws {TooManyValues}
 * @see compose specification, 12-interpolation.md: per file, before a merge, and not in keys
 */
export function layerOf(root: MapNode, file: ProjectFile, lookup: Lookup, budget: Budget): MapValue {
  return new Converter(file, lookup, budget).mapOf(root, COMPOSE_FILE)
}

class Converter {
  readonly #file: ProjectFile
  readonly #lookup: Lookup
  readonly #budget: Budget

  constructor(file: ProjectFile, lookup: Lookup, budget: Budget) {
    this.#file = file
    this.#lookup = lookup
    this.#budget = budget
  }

  mapOf({ start, end, entries }: MapNode, shape: Shape): MapValue {
    const fields = new Map<string, Field>()
    for (const [key, entry] of entries) {
      const shapeOfValue = below(shape, key)
      if (shapeOfValue !== undefined) fields.set(key, this.#fieldOf(entry, shapeOfValue))
    }
    return { kind: 'map', file: this.#file, start, end, fields }
  }

  #fieldOf({ start, value }: Entry, shape: Shape): Field {
    const key = { file: this.#file, at: start }
    if (value.tag === '!reset') return { ...key, value: undefined, tag: value.tag }
    const field = { ...key, value: this.#valueOf(value, shape) }
    return value.tag === '!override' ? { ...field, tag: value.tag } : field
  }

  #valueOf(node: Node, shape: Shape): Value | undefined {
    this.#budget.spend(1)
    switch (node.kind) {
      case 'map':
        return this.mapOf(node, shape)
      case 'list':
        return this.#listOf(node, shape['[]'])
      case 'scalar':
        return this.#textOf(node)
    }
  }

  #listOf({ start, end, items }: ListNode, shape: Shape | undefined): ListValue {
    const kept = shape === undefined ? [] : items.filter(({ tag }) => tag !== '!reset')
    const values = shape === undefined ? [] : kept.map((item) => this.#valueOf(item, shape))
    return { kind: 'list', file: this.#file, start, end, items: values }
  }

  #textOf(node: ScalarNode): TextValue | undefined {
    const { start, end, value, text } = node
    if (value === undefined) return undefined
    const outcome = typeof value === 'string' ? interpolate(value, this.#lookup) : { text }
    return { kind: 'text', file: this.#file, start, end, node, outcome }
  }
}
