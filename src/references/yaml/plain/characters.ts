/** The codes of the characters that matter in YAML. */
export const TAB = 0x09
/** U+000A */
export const LINE_FEED = 0x0a
/** U+000D */
export const RETURN = 0x0d
/** U+0020 */
export const SPACE = 0x20
/** U+0022 */
export const QUOTE = 0x22
/** U+0023 */
export const HASH = 0x23
/** U+0027 */
export const APOSTROPHE = 0x27
/** U+002C */
export const COMMA = 0x2c
/** U+002D */
export const DASH = 0x2d
/** U+003A */
export const COLON = 0x3a
/** U+003E */
export const GREATER = 0x3e
/** U+003F */
export const QUESTION = 0x3f
/** U+005B */
export const LEFT_BRACKET = 0x5b
/** U+005D */
export const RIGHT_BRACKET = 0x5d
/** U+007B */
export const LEFT_BRACE = 0x7b
/** U+007C */
export const BAR = 0x7c
/** U+007D */
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
