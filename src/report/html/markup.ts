import { raw, html as template } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { harmless } from '../escape.ts'

/** HTML that is safe to put in a page. */
export type Markup = HtmlEscapedString

/** A value in a template: text is escaped, `false` and `undefined` become empty, lists are joined. */
export type Part = string | number | false | undefined | Markup | readonly Part[]

/** The only way to turn text into HTML. Markup in it is escaped, and so are characters that reorder or hide text. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const made = template(strings, ...parts.map(readable))
  if (made instanceof Promise) throw new TypeError('a page is rendered synchronously')
  return made
}

/** HTML that is part of this program, unescaped. */
export function literal(text: string): Markup {
  return raw(text)
}

/** Parts joined into one string, for HTML that is used more than once. */
export function joined(parts: readonly Markup[]): Markup {
  return raw(parts.join(''))
}

/** A lone surrogate, possible in file names; UTF-8 cannot encode it. */
const LONE = /\p{Surrogate}/gu

/** Printable ASCII: the fast path for nearly all text. */
const PLAIN = /^[ -~]*$/

/** Text as the page shows it and as a search finds it. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text
  return harmless(text).replace(LONE, (half) => `\\u${half.charCodeAt(0).toString(16)}`)
}

function readable(part: Part): Part {
  if (typeof part === 'string') return printable(part)
  // Markup is an object at run time, although its type is a string.
  return Array.isArray(part) ? part.map(readable) : part
}
