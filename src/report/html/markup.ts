import { raw, html as template } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { harmless } from '../escape.ts'

/** HTML that is ready to stand in a page. */
export type Markup = HtmlEscapedString

/** What may stand in a template: text is escaped, nothing becomes nothing, lists are joined. */
export type Part = string | number | false | undefined | Markup | readonly Part[]

/** The only way to HTML from text: markup in it stays text, and no character of it can turn or hide others. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const made = template(strings, ...parts.map(readable))
  if (made instanceof Promise) throw new TypeError('a page is made at once')
  return made
}

/** Text that this project has written, as it is. */
export function literal(text: string): Markup {
  return raw(text)
}

/** The same, joined once, so that it costs nothing to use it again. */
export function joined(parts: readonly Markup[]): Markup {
  return raw(parts.join(''))
}

/** Half of a character, as names on a disk can have it: no encoding has a place for it. */
const LONE = /\p{Surrogate}/gu

/** Nearly all text is such, and is told by it at once. */
const PLAIN = /^[ -~]*$/

/** As a reader sees it, and as he can search for it. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text
  return harmless(text).replace(LONE, (half) => `\\u${half.charCodeAt(0).toString(16)}`)
}

function readable(part: Part): Part {
  if (typeof part === 'string') return printable(part)
  // Markup is an object to the language, and text to its types.
  return Array.isArray(part) ? part.map(readable) : part
}
