import { passwordPart, redact, secretAfterAt } from '../../oci/redact.ts'

/** Removes passwords from a text about a command line. */
export type Redact = (text: string) => string

/**
 * Removes passwords from any message about a command line and its environment. The messages of options never repeat
 * one; this covers all others, such as those of the parser.
 *
 * @param words arguments and values of the environment
 */
export function redactWords(words: readonly (string | undefined)[]): Redact {
  const given = words.flatMap((word) => (word === undefined ? [] : [word, valueIn(word)]))
  // The whole of a word before its pieces: a password may hold a space, and a list in the environment does.
  const pieces = given.flatMap((word) => word.split(/\s+/))
  const hidden = [...longestFirst(given), ...longestFirst(pieces)]
  return (text) =>
    hidden
      .reduce((so, [secret, shown]) => so.replaceAll(secret, shown), text)
      .replace(URL_WITH_PASSWORD, '$1***@')
      .replace(QUOTED_PASSWORD, '"***@')
}

/** Texts, and their replacements. */
function longestFirst(values: readonly string[]): (readonly [secret: string, shown: string])[] {
  return values
    .flatMap((value) => {
      const shown = redact(value)
      if (shown === value || !looksLikeUrl(value)) return []
      const part = passwordPart(value) ?? ''
      return [
        [value, shown],
        [part, '***'],
        [part.slice(part.indexOf(':') + 1), '***'],
        [secretAfterAt(value) ?? '', '***'],
      ] as const
    })
    .flatMap(([secret, shown]) => [[secret, shown] as const, [JSON.stringify(secret).slice(1, -1), shown] as const])
    .filter(([secret]) => secret.length >= SHORTEST)
    .sort(([a], [b]) => b.length - a.length)
}

/** An option's value as a message may quote it. */
export function quoted(value: string): string {
  return JSON.stringify(value.includes('@') || value.includes('://') ? redact(value) : value)
}

/** Variables with the addresses of other hosts. */
export function connectionWords(env: Readonly<Record<string, string | undefined>>): (string | undefined)[] {
  return Object.entries(env).flatMap(([name, value]) => (/^REGFSCK_|_proxy$/i.test(name) ? [value] : []))
}

/** A shorter text would match anywhere. */
const SHORTEST = 3
const URL_WITH_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'@]*@/gi
/** A value of a configuration file, as JSON quotes it, from its opening quote; a digest after the `@` is none of that. */
const QUOTED_PASSWORD = /(?<=^|[\s:([,=])"(?:[^"\\]|\\.)*:(?:[^"\\]|\\.)*@(?!sha\d+:)/g

/** Many paths contain an `@`. */
function looksLikeUrl(text: string): boolean {
  return text.includes('://') || (passwordPart(text) ?? '').includes(':')
}

function valueIn(word: string): string {
  return word.startsWith('-') ? word.slice(word.indexOf('=') + 1) : word
}
