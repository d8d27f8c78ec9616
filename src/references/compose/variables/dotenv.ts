import { type Interpolated, interpolate, type Lookup } from './interpolate.ts'

/** What is wrong in an environment file. */
export interface DotenvProblem {
  /** A UTF-16 offset. */
  readonly at: number
  readonly because: string
}

/**
 * Reads an environment file into a map; a later line wins over an earlier one.
 *
 * A line that is wrong is not repeated: such files hold passwords.
 *
 * @param lookup what wins over the file when its lines name variables, and gives the value of a line that is only a name
 * @returns what is wrong, if something is: nothing after it was read, because compose refuses such a file
 * @see compose specification, 05-services.md, "Env_file format"; where it is silent, compose-go, dotenv/parser.go
 */
export function readDotenv(text: string, lookup: Lookup, into: Map<string, Interpolated>): DotenvProblem | undefined {
  const known: Lookup = (name) => lookup(name) ?? into.get(name)
  let at = nextStatement(text, 0)
  while (at < text.length) {
    const start = at
    const { name = '', end = '' } = NAME.exec(lineFrom(text, at))?.groups ?? {}
    if (end === '' && lineFrom(text, at).trimEnd() !== name.trimEnd())
      return { at, because: 'not a line of the form NAME=VALUE' }
    const key = name.replace(/^export\s+/, '').trim()
    if (/\s/.test(key)) return { at: start, because: 'the name of a variable contains a space' }
    at += name.length + end.length
    if (end === '') {
      const value = lookup(key)
      if (value !== undefined) into.set(key, value)
    } else {
      const value = valueAt(text, at, known)
      if ('because' in value) return { at: start, because: value.because }
      into.set(key, value.value)
      at = value.end
    }
    at = nextStatement(text, at)
  }
  return undefined
}

/** Letters, digits and `_ . - [ ]`, with spaces around; it ends at an equals sign or, as in YAML, at a colon. */
const NAME = /^(?<name>[\p{L}\p{N}_.\-[\]\t\v\f\r \u0085\u00a0]*)(?<end>[=:])?/u

function lineFrom(text: string, at: number): string {
  const end = text.indexOf('\n', at)
  return text.slice(at, end < 0 ? text.length : end)
}

/** Skips white space, empty lines and comments. */
function nextStatement(text: string, from: number): number {
  const skip = /\s*(?:#[^\n]*\s*)*/y
  skip.lastIndex = from
  return from + (skip.exec(text)?.[0].length ?? 0)
}

type ReadValue = { readonly value: Interpolated; readonly end: number } | { readonly because: string }

function valueAt(text: string, from: number, lookup: Lookup): ReadValue {
  const line = lineFrom(text, from)
  const start = from + (line.length - line.trimStart().length)
  const quote = text[start]
  if (quote === '"' || quote === "'") return quotedValue(text, start, quote, lookup)
  const [plain = ''] = line.trimStart().split(' #', 1)
  return { value: interpolate(plain.trimEnd(), lookup), end: from + line.length }
}

/** A value in quotation marks: it may have several lines. In single ones, only the mark itself is escaped. */
function quotedValue(text: string, start: number, quote: '"' | "'", lookup: Lookup): ReadValue {
  const match = quote === '"' ? /"([^"\\]*(?:\\.[^"\\]*)*)"/sy : /'([^'\\]*(?:\\.[^'\\]*)*)'/sy
  match.lastIndex = start
  const [all, inner] = match.exec(text) ?? []
  if (all === undefined || inner === undefined) return { because: `the quotation mark ${quote} is not closed` }
  const end = start + all.length
  if (quote === "'") return { value: { text: inner.replaceAll("\\'", "'") }, end }
  return { value: interpolate(unescaped(inner), lookup), end }
}

function unescaped(text: string): string {
  return text.replace(/\\(?:[abfnrtv$"\\]|0[0-7]{3})/g, (sequence) => {
    if (sequence.startsWith('\\0')) return String.fromCharCode(Number.parseInt(sequence.slice(2), 8))
    return ESCAPES[sequence.slice(1)] ?? sequence.slice(1)
  })
}

/** An escaped dollar sign is doubled: the variables are replaced afterwards. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  $: '$$',
}
