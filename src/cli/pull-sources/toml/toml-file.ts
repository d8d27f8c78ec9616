import { readFileSync, statSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import { codeOf } from '../../files/error-code.ts'
import { type KeyPath, keyLines, type TableHeader } from './key-lines.ts'

/** A TOML table. */
export type TomlFields = Readonly<Record<string, unknown>>

/** A TOML file that was read. */
export interface TomlFile {
  readonly path: string
  readonly fields: TomlFields
  /** It has not a single byte. */
  readonly isEmpty: boolean
  /** Its tables, in the order of the file. */
  readonly headers: readonly TableHeader[]
  readonly lineOf: (path: KeyPath) => number
}

/** A file that cannot be used. `missing`: there is none. */
export type NoTomlFile =
  | { readonly is: 'missing' }
  /** A sentence with its place. It never quotes the file, which may hold secrets. */
  | { readonly is: 'refused'; readonly why: string }

/** Bytes. Such files have a few lines. */
const LARGEST = 1024 * 1024
const BYTE_ORDER_MARK = '\uFEFF'

/** @param mayHaveMark whether the runtime ignores a byte order mark; others take the file for broken */
export function readToml(path: string, mayHaveMark: boolean): TomlFile | NoTomlFile {
  const text = textOf(path)
  if (typeof text !== 'string') return text
  const isMarked = text.startsWith(BYTE_ORDER_MARK)
  if (isMarked && !mayHaveMark)
    return refused(`${path}:1:1: it begins with a byte order mark, so the runtime takes it for broken`)
  const plain = isMarked ? text.slice(BYTE_ORDER_MARK.length) : text
  try {
    return { path, isEmpty: text === '', fields: parse(plain), ...keyLines(plain) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return refused(`${path}:${error.line}:${error.column}: it is not TOML: ${sentenceOf(error)}`)
  }
}

/** Whether something was read. */
export function isTomlFile(read: TomlFile | NoTomlFile): read is TomlFile {
  return 'fields' in read
}

/** Without the lines of the file that the parser adds. */
function sentenceOf({ message }: TomlError): string {
  return (message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '')
}

function textOf(path: string): string | NoTomlFile {
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return refused(`${path} is not a file`)
    if (stats.size > LARGEST) return refused(`${path} is larger than 1 MiB`)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof TypeError) return refused(`${path} is not text in UTF-8`)
    if (codeOf(error) === 'ENOENT') return { is: 'missing' }
    return refused(`cannot read ${path}: ${error instanceof Error ? error.message : ''}`)
  }
}

function refused(why: string): NoTomlFile {
  return { is: 'refused', why }
}
