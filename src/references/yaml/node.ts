/**
 * A value in a YAML or JSON document that knows where it stands. An alias is the same object as its anchor's, so a
 * document can be a graph: a walk must visit each object once. It has no cycles.
 */
export type Node = MapNode | ListNode | ScalarNode

/** Offsets are UTF-16 units from the beginning of the file. */
interface Position {
  readonly start: number
  readonly end: number
  /** A tag of the application's own, such as `!reset`. */
  readonly tag?: string
}

/** A mapping. Merge keys (`<<`) are merged; keys that are not scalars are left out. */
export interface MapNode extends Position {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
}

/** A key, where it stands, and its value. */
export interface Entry {
  /** Where the key starts. */
  readonly start: number
  readonly value: Node
}

/** A sequence. */
export interface ListNode extends Position {
  readonly kind: 'list'
  readonly items: readonly Node[]
}

/** Text, a number, a truth value or nothing. */
export interface ScalarNode extends Position {
  readonly kind: 'scalar'
  /** `undefined` is null. */
  readonly value: string | number | bigint | boolean | undefined
  /** Its text: as written if it is plain, without quotation marks and escapes if it is quoted. */
  readonly text: string
  /** Whether `start` to `end` is exactly `text`, so that it can be replaced in place: plain or simply quoted, on one line. */
  readonly isVerbatim: boolean
}

/** The value of a key, if the node is a mapping that has it. */
export function child(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  let at = node
  for (const key of keys) {
    if (at?.kind !== 'map') return undefined
    at = at.entries.get(key)?.value
  }
  return at
}

/** The items of a sequence; of anything else, none. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}

/** The text of a value that is text; of anything else, nothing. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}
