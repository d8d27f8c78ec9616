/**
 * Characters that are not safe to print: controls (C0, DEL, C1) except line feeds, bidirectional and zero-width marks, which
 * reorder or hide text, and the line separators of Unicode.
 */
const BUT_LINE_FEEDS =
  '\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb'
const HARMFUL: RegExp = new RegExp(`[\\n${BUT_LINE_FEEDS}]`, 'g')
/** The same, but line feeds are kept. */
const HARMFUL_IN_LINES: RegExp = new RegExp(`[${BUT_LINE_FEEDS}]`, 'g')

/**
 * Commands of CI systems in a log: `##[` and `##vso[` anywhere (GitHub, Azure), `##teamcity[`, and `::` at the start of a
 * line (GitHub). Wrapping can start a line at any space.
 */
const COMMAND = /#(?=#\w*\[)|(?<=^|\s):(?=:)/g
/** The same in JSON, where no line starts with text from a registry. */
const COMMAND_IN_JSON = /#(?=#\w*\[)/g

/** Text from a registry, safe for a terminal, a log or a file: unsafe characters become `\uNNNN`. */
export function harmless(text: string): string {
  return text.replace(COMMAND, escaped).replace(HARMFUL, escaped)
}

/** JSON of a value, with unsafe characters escaped. It parses to the same value. */
export function harmlessJson(value: unknown, indent?: number): string {
  return harmlessJsonText(JSON.stringify(value, undefined, indent))
}

/** The same for JSON text. Line feeds are kept. */
export function harmlessJsonText(json: string): string {
  return json.replace(COMMAND_IN_JSON, escaped).replace(HARMFUL_IN_LINES, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
