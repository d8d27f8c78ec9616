/**
 * Characters that could do something to whoever prints them: controls (C0, DEL, C1) but line feeds, the marks that turn or
 * hide text (bidirectional, zero-width), and the line separators of Unicode.
 */
const BUT_LINE_FEEDS =
  '\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb'
const HARMFUL: RegExp = new RegExp(`[\\n${BUT_LINE_FEEDS}]`, 'g')
/** In text whose lines are to stay lines. */
const HARMFUL_IN_LINES: RegExp = new RegExp(`[${BUT_LINE_FEEDS}]`, 'g')

/**
 * What CI systems take for a command in a log: `##[` and `##vso[` anywhere (GitHub, Azure), `##teamcity[`, and `::` at the
 * start of a line (GitHub), which a break at any space can make.
 */
const COMMAND = /#(?=#\w*\[)|(?<=^|\s):(?=:)/g
/** The same in JSON, where no line begins with text. */
const COMMAND_IN_JSON = /#(?=#\w*\[)/g

/** Text from a registry as it may stand on a terminal, in a log or a file: what could do harm becomes `\uNNNN`. */
export function harmless(text: string): string {
  return text.replace(COMMAND, escaped).replace(HARMFUL, escaped)
}

/** JSON without any character that could do harm, which changes nothing of its meaning. */
export function harmlessJson(value: unknown, indent?: number): string {
  return harmlessJsonText(JSON.stringify(value, undefined, indent))
}

/** The same for JSON that is text already: lines stay lines. */
export function harmlessJsonText(json: string): string {
  return json.replace(COMMAND_IN_JSON, escaped).replace(HARMFUL_IN_LINES, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
