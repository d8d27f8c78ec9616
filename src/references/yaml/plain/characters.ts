/** Tab */
export const TAB = 0x09
/** Line feed */
export const LINE_FEED = 0x0a
/** Carriage return */
export const RETURN = 0x0d
/** Space */
export const SPACE = 0x20
/** `"` */
export const QUOTE = 0x22
/** `#` */
export const HASH = 0x23
/** `'` */
export const APOSTROPHE = 0x27
/** `,` */
export const COMMA = 0x2c
/** `-` */
export const DASH = 0x2d
/** `:` */
export const COLON = 0x3a
/** `>` */
export const GREATER = 0x3e
/** `?` */
const QUESTION = 0x3f
/** `[` */
export const LEFT_BRACKET = 0x5b
/** `]` */
export const RIGHT_BRACKET = 0x5d
/** `{` */
export const LEFT_BRACE = 0x7b
/** `|` */
export const BAR = 0x7c
/** `}` */
export const RIGHT_BRACE = 0x7d

/** 1 for each character that a plain text cannot start with. */
const STARTS_NO_PLAIN = tableOf('!&*#{}[]"\'|>,%@`\t\r\n ')
/** 1 for each character that ends a plain text in a flow collection. */
const FLOW_INDICATOR = tableOf(',[]{}')

function tableOf(characters: string): Uint8Array {
  return Uint8Array.from({ length: 0x80 }, (_, code) => Number(characters.includes(String.fromCharCode(code))))
}

/** White space, a line end, or the end of the text (NaN). */
export function isEmpty(code: number): boolean {
  return code === SPACE || isLineEnd(code) || code === TAB
}

/** A line end, or the end of the text (NaN). */
export function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === RETURN || Number.isNaN(code)
}

/** `,`, `[`, `]`, `{` or `}`. */
export function isFlowIndicator(code: number): boolean {
  return FLOW_INDICATOR[code] === 1
}

/**
 * Whether a plain text starts with a character; the next one matters for `-`, `?` and `:`.
 *
 * @see YAML 1.2.2, 7.3.3 "Plain Style", `ns-plain-first`
 */
export function startsPlain(code: number, next: number): boolean {
  if (code === DASH || code === QUESTION || code === COLON) return !isEmpty(next)
  return !Number.isNaN(code) && STARTS_NO_PLAIN[code] !== 1
}
