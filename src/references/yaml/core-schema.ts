const NULL: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL'])
const TRUE: ReadonlySet<string> = new Set(['true', 'True', 'TRUE'])
const FALSE: ReadonlySet<string> = new Set(['false', 'False', 'FALSE'])
const INTEGER = /^[-+]?[0-9]+$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INFINITE = /^(?<sign>[-+]?)\.(?:inf|Inf|INF)$/
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/
const OCTAL = /^0o[0-7]+$/
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/

/** First characters of plain texts that may be something else than text. */
const MAY_BE_OTHER: ReadonlySet<string> = new Set('-+.0123456789~nNtTfF')

/**
 * The value of a plain scalar.
 *
 * @see YAML 1.2.2, 10.3.2 "Tag Resolution" of the core schema
 */
export function plainValue(text: string): string | number | boolean | undefined {
  if (text !== '' && !MAY_BE_OTHER.has(text.charAt(0))) return text
  if (NULL.has(text)) return undefined
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  return numberOf(text) ?? text
}

function numberOf(text: string): number | undefined {
  if (INTEGER.test(text)) return Number.parseInt(text, 10)
  if (FLOAT.test(text)) return Number.parseFloat(text)
  if (OCTAL.test(text)) return Number.parseInt(text.slice(2), 8)
  if (HEXADECIMAL.test(text)) return Number.parseInt(text.slice(2), 16)
  const { sign } = INFINITE.exec(text)?.groups ?? {}
  if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return NOT_A_NUMBER.test(text) ? Number.NaN : undefined
}
