import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod'
import { didYouMean } from './nearest.ts'
import { keyOf, type Path, type Problem } from './problem.ts'
import { type Config, configSchema, KEYS } from './schema.ts'

/** The content of a configuration file, and its problems. */
export interface ReadConfig {
  /** `undefined` if there are problems. */
  readonly config: Config | undefined
  /** Sorted by line. */
  readonly problems: readonly Problem[]
  /** The line of the value at a path, or of the nearest value around it. */
  readonly lineOf: (path: Path) => number | undefined
}

/** The maximum size of a configuration file in bytes. */
export const LARGEST_CONFIG: number = 1024 * 1024

/** Reads YAML (JSON is YAML too) and reports every problem at once. */
export function readConfig(text: string): ReadConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const lineOf = (path: Path): number | undefined => lineIn(document, lines, path)
  const broken = document.errors.map(({ pos: [at], message }): Problem => {
    const { line } = lines.linePos(at)
    const hint = BARE_ADDRESS.test(text.split('\n')[line - 1] ?? '') ? '; an address in brackets needs quotes' : ''
    return { key: '', line, says: `invalid YAML: ${message}${hint}` }
  })
  if (broken.length > 0) return { config: undefined, problems: broken, lineOf }
  const value = valueIn(document)
  if (value instanceof Error)
    return {
      config: undefined,
      problems: [{ key: '', line: undefined, says: `invalid YAML: ${value.message}` }],
      lineOf,
    }
  const read = configSchema.safeParse(value ?? {}, { reportInput: true })
  if (read.success) return { config: read.data, problems: [], lineOf }
  const problems = read.error.issues.flatMap((issue) => problemsOf(issue, lineOf))
  return { config: undefined, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)), lineOf }
}

/** YAML reads `listen: [::]:9847` as a list followed by text. */
const BARE_ADDRESS = /:\s+\[[0-9a-f:.]*\]:\d/i

/** YAML aliases can expand to huge values, so the parser limits them. */
function valueIn(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function problemsOf(issue: z.core.$ZodIssue, lineOf: ReadConfig['lineOf']): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  if (issue.code !== 'unrecognized_keys') return [{ key: keyOf(path), line: lineOf(path), says: sayingOf(issue) }]
  const known = knownAt(path)
  return issue.keys.map((key) => {
    const says = `unknown key${didYouMean(key, known)}`
    return { key: keyOf([...path, key]), line: lineOf([...path, key]), says }
  })
}

function sayingOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing: expected ${NAMES[issue.expected] ?? issue.expected}`
        : `expected ${NAMES[issue.expected] ?? issue.expected}, not ${typeText(issue.input)}`
    case 'invalid_value':
      return `expected ${listed(issue.values.map(String))}, not ${typeText(issue.input)}${
        typeof issue.input === 'string' ? didYouMean(issue.input, issue.values.map(String)) : ''
      }`
    case 'too_small':
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `expected a whole number ${issue.code === 'too_big' ? `of at most ${issue.maximum}` : `of at least ${issue.minimum}`}, not ${typeText(issue.input)}`
        : issue.message
    default:
      return issue.input === undefined ? issue.message : `${issue.message}, not ${typeText(issue.input)}`
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
}

function typeText(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  return JSON.stringify(value)
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

/** The keys that are allowed at a path. */
function knownAt([part, ...rest]: Path): readonly string[] {
  if (part === undefined) return KEYS.file
  if (part === 'defaults') return KEYS.defaults
  if (part === 'references') return rest.length === 1 ? KEYS.references : KEYS.kubernetes
  return rest.length === 1 ? KEYS.registry : KEYS.profile
}

function lineIn(document: Document, lines: LineCounter, path: Path): number | undefined {
  let at: number | undefined
  let node: unknown = document.contents
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part)
      if (!isPair(pair)) break
      if (isNode(pair.key) && pair.key.range) at = pair.key.range[0]
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      if (isNode(node) && node.range) at = node.range[0]
    } else break
  }
  return at === undefined ? undefined : lines.linePos(at).line
}
