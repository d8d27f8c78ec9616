import { InputError } from './input-error.ts'

declare const digestBrand: unique symbol

/** A digest whose grammar has been checked, such as `sha256:9f86…`. Made only in this file. */
export type Digest = string & { readonly [digestBrand]: true }

/** The registered algorithms: the only ones that can be verified here, and the only ones a link file may name. */
export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512'

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/
const REGISTERED = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/
const REGISTERED_NAMES = /^sha(?:256|384|512):/

/**
 * Tells whether text is a digest: the grammar for any algorithm, the exact length and lower case hex for a registered one.
 * An unregistered algorithm passes: the specification asks for that, and not knowing it is no proof of damage.
 *
 * @see image-spec v1.1.1, descriptor.md, "Digests" and "Registered algorithms"
 */
export function isDigest(text: string): text is Digest {
  if (REGISTERED.test(text)) return true
  return text.length <= 512 && !REGISTERED_NAMES.test(text) && GRAMMAR.test(text)
}

/**
 * The digest that text spells. The only way in for text from outside.
 *
 * @throws {InputError} `DIGEST_INVALID`
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text))
    throw new InputError(`not a digest: ${JSON.stringify(text.slice(0, 200))}`, { code: 'DIGEST_INVALID' })
  return text
}

/** The digest of an algorithm and its hex, where both are already known to be right (a hash just computed). */
export function digestOf(algorithm: HashAlgorithm, hex: string): Digest {
  return `${algorithm}:${hex}` as Digest
}

/** The algorithm to verify a digest with, or `undefined` where it is not one that is registered. */
export function hashAlgorithmOf(digest: Digest): HashAlgorithm | undefined {
  return REGISTERED_NAMES.test(digest) ? (digest.slice(0, 6) as HashAlgorithm) : undefined
}

/** What stands before the colon. */
export function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'))
}

/** What stands after the colon. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}
