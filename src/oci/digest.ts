import { InputError } from './input-error.ts'

declare const digestBrand: unique symbol

/** A digest whose grammar has been checked, such as `sha256:9f86…`. Made only in this file. */
export type Digest = string & { readonly [digestBrand]: true }

/** The registered algorithms: the only ones that can be verified here, and the only ones a link file may name. */
export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512'

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/
/** 1 at the code of each digit in lower case. */
const HEX_DIGITS = Uint8Array.from({ length: 0x80 }, (_, code) =>
  Number('0123456789abcdef'.includes(String.fromCharCode(code))),
)
const REGISTERED_NAMES = /^sha(?:256|384|512):/

/**
 * Whether text is a digest: the grammar for any algorithm, the exact length and lower case hex for a registered one.
 * An unregistered algorithm passes: the specification asks for that, and not knowing it is no proof of damage.
 *
 * @see image-spec v1.1.1, descriptor.md, "Digests" and "Registered algorithms"
 */
export function isDigest(text: string): text is Digest {
  const digits = hexDigitsOf(text)
  if (digits === undefined) return text.length <= 512 && GRAMMAR.test(text)
  return text.length === 'sha256:'.length + digits && isHex(text, 'sha256:'.length)
}

/** The number of hex digits of a registered algorithm. */
function hexDigitsOf(text: string): number | undefined {
  if (text.startsWith('sha256:')) return 64
  if (text.startsWith('sha384:')) return 96
  if (text.startsWith('sha512:')) return 128
  return undefined
}

/**
 * Has no branch for each digit, unlike a regular expression: the processor cannot predict whether the next digit is a letter,
 * and a scan checks millions of digits.
 */
function isHex(text: string, start: number): boolean {
  let all = 1
  let codes = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    codes |= code
    all &= HEX_DIGITS[code & 0x7f] ?? 0
  }
  return all === 1 && codes <= 0x7f
}

/**
 * Checks the text of a digest. The only way in for text from outside.
 *
 * @throws {InputError} `DIGEST_INVALID`
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text))
    throw new InputError(`not a digest: ${JSON.stringify(text.slice(0, 200))}`, { code: 'DIGEST_INVALID' })
  return text
}

/** A digest from parts that are known to be valid, such as a hash just computed. */
export function digestOf(algorithm: HashAlgorithm, hex: string): Digest {
  return `${algorithm}:${hex}` as Digest
}

/** The algorithm to verify a digest with. `undefined` if it is not registered. */
export function hashAlgorithmOf(digest: Digest): HashAlgorithm | undefined {
  return REGISTERED_NAMES.test(digest) ? (digest.slice(0, 6) as HashAlgorithm) : undefined
}

/** The part before the colon. */
export function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'))
}

/** The part after the colon. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}
