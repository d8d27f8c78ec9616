/** Names of tables and keys, and numbers of the elements of an array of tables, from the root. */
export type KeyPath = readonly (string | number)[]

/** A line `[a.b]` or `[[a.b]]`. */
export interface TableHeader {
  readonly path: KeyPath
  readonly line: number
}

/** Where the tables and keys of a TOML text are. */
export interface KeyLines {
  /** In the order of the text. */
  readonly headers: readonly TableHeader[]
  /** The line of a key, else that of its table, else 1. */
  readonly lineOf: (path: KeyPath) => number
}

const KEY = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')`
const DOTTED = String.raw`${KEY}(?:[ \t]*\.[ \t]*${KEY})*`
const HEADER = new RegExp(String.raw`^[ \t]*(?<open>\[\[?)[ \t]*(?<keys>${DOTTED})[ \t]*\]`)
const PAIR = new RegExp(String.raw`^[ \t]*(?<keys>${DOTTED})[ \t]*=[ \t]*(?<value>.*)$`)

/**
 * Finds the lines of keys, which the parser does not keep. For messages, and for the order of tables. The text must be valid.
 *
 * @see TOML v1.0.0, "Keys", "Table" and "Array of Tables"
 */
export function keyLines(text: string): KeyLines {
  const lines = new Map<string, number>()
  const headers: TableHeader[] = []
  /** The number of elements so far, by the path of the array. */
  const counts = new Map<string, number>()
  let table: KeyPath = []
  let closing: string | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (closing !== undefined) {
      if (line.includes(closing)) closing = undefined
      continue
    }
    const header = HEADER.exec(line)?.groups
    const pair = PAIR.exec(line)?.groups
    const keys = namesIn((header ?? pair)?.['keys'] ?? '')
    if (header !== undefined) {
      table = within([], keys, counts, header['open'] === '[[')
      headers.push({ path: table, line: index + 1 })
      setFirst(lines, table, index + 1)
    } else if (pair !== undefined) {
      setFirst(lines, [...table, ...keys], index + 1)
      closing = longStringIn(pair['value'] ?? '')
    }
  }
  return { headers, lineOf: (path) => nearest(lines, path) }
}

function setFirst(lines: Map<string, number>, path: KeyPath, line: number): void {
  const key = JSON.stringify(path)
  if (!lines.has(key)) lines.set(key, line)
}

function nearest(lines: ReadonlyMap<string, number>, path: KeyPath): number {
  const found = lines.get(JSON.stringify(path))
  return found ?? (path.length === 0 ? 1 : nearest(lines, path.slice(0, -1)))
}

/** A path with the numbers of elements: a name below an array of tables belongs to its last element. */
function within(path: KeyPath, names: readonly string[], counts: Map<string, number>, isElement: boolean): KeyPath {
  const [first, ...others] = names
  if (first === undefined) return path
  const next = [...path, first]
  const key = JSON.stringify(next)
  if (isElement && others.length === 0) counts.set(key, (counts.get(key) ?? 0) + 1)
  const count = counts.get(key)
  return within(count === undefined ? next : [...next, count - 1], others, counts, isElement)
}

function namesIn(dotted: string): readonly string[] {
  return [...dotted.matchAll(new RegExp(KEY, 'g'))].map(([name]) => plainName(name))
}

function plainName(name: string): string {
  if (name.startsWith("'")) return name.slice(1, -1)
  if (!name.startsWith('"')) return name
  try {
    return String(JSON.parse(name))
  } catch {
    return name.slice(1, -1)
  }
}

/** The end of a string that goes on in the next line. */
function longStringIn(value: string): string | undefined {
  const quotes = /^(?:"""|''')/.exec(value)?.[0]
  return quotes === undefined || value.slice(quotes.length).includes(quotes) ? undefined : quotes
}
