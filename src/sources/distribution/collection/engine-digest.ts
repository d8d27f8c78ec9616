import type { LinkError, StrayData } from '../../../gc/inventory.ts'
import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'

/** Any algorithm, known or not. @see go-digest 1.0, `DigestRegexp` */
const GRAMMAR = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
])

/** Text as an engine parses it: a digest of a registered algorithm, or the error that it ends with. @see go-digest, `Digest.Validate` */
export function parseAsEngine(text: string): Digest | { readonly error: LinkError } {
  if (isDigest(text) && hashAlgorithmOf(text) !== undefined) return text
  const colon = text.indexOf(':')
  if (colon <= 0 || colon + 1 === text.length) return { error: 'format' }
  const digits = HEX_DIGITS.get(text.slice(0, colon))
  if (digits === undefined) return { error: GRAMMAR.test(text) ? 'unsupported-algorithm' : 'format' }
  return { error: Buffer.byteLength(text) - colon - 1 === digits ? 'format' : 'length' }
}

/**
 * What an engine takes a file called `data` for.
 *
 * @param place the path of its directory below `blobs`; empty for `blobs` itself
 * @see distribution, `digestFromPath`
 */
export function digestOfPath(place: string): Digest | Extract<StrayData['takenFor'], { readonly is: 'error' }> {
  const parts = ['registry', 'v2', 'blobs', ...place.split('/').filter((part) => part !== '')]
  const [algorithm = '', parent = '', hex = ''] = parts.slice(-3)
  if (hex.length < 2) return { is: 'error', error: 'crash' }
  const parsed = parseAsEngine(`${parent === hex.slice(0, 2) ? algorithm : parent}:${hex}`)
  return typeof parsed === 'string' ? parsed : { is: 'error', error: parsed.error }
}
