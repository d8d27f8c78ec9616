/** Text as one word of a shell, whatever is in it. */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word) && !word.includes('::')) return word
  if (!UNPRINTABLE.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`
  return `"$(printf '%b' '${word.replace(/[^\w@%+=,./ -]/gu, octal)}')"`
}

/** Text for use between double quotes, beside variables. */
export function quoteWithin(text: string): string {
  return text.replace(/[\\"$`]/g, String.raw`\$&`)
}

/**
 * Text that no terminal or log may receive: control characters, marks that reverse or hide text, and commands of CI systems.
 * It is escaped so that the shell restores it.
 */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|::|##/

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')
}
