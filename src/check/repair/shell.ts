/** Text as one word of a shell, whatever is in it. */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word) && !word.includes('::')) return word
  if (!UNPRINTABLE.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`
  return `"$(printf '%b' '${word.replace(/[^\w@%+=,./ -]/gu, octal)}')"`
}

/** Text between double quotes, where variables stand beside it. */
export function quoteWithin(text: string): string {
  return text.replace(/[\\"$`]/g, String.raw`\$&`)
}

/**
 * What no terminal or log should be given: controls, marks that turn or hide text, and what a CI system takes for a command.
 * Written so that the shell makes it again.
 */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|::|##/

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
}
