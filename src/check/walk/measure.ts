import { hash } from 'node:crypto'
import { algorithmOf, type Digest, digestOf, encodedOf, hashAlgorithmOf } from '../../oci/digest.ts'
import { type Manifest, type Refusal, readManifest } from '../../oci/manifest.ts'
import type { CauseOf } from '../findings/code.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { Answer, BlobAnswer, BlobQuestion, ManifestAnswer } from '../ports.ts'
import { MANIFEST_LIMIT, SERVED_LIMIT } from '../rules.ts'
import { StoreError } from '../store-error.ts'
import type { BlobFact, ManifestFact, Unchecked } from './graph.ts'
import { mislabelledBy } from './served-type.ts'

/** What is known of a manifest, and the document if its bytes can be parsed, even if they are damaged. */
export interface MeasuredManifest {
  readonly fact: ManifestFact
  readonly document: Manifest | undefined
}

/** Judges the bytes of a manifest. Hashes before parsing: damaged bytes can still be valid JSON. */
export function measureManifest(digest: Digest, answer: Answer<ManifestAnswer>): MeasuredManifest {
  if (answer instanceof StoreError) return { fact: uncheckedBy(answer), document: undefined }
  if (answer.is === 'absent') return { fact: answer, document: undefined }
  if (answer.is === 'too-large') return { fact: notRead(answer), document: undefined }
  const { bytes, target, linkedAsLayer } = answer
  const measured = hashOf(bytes, digest)
  const parsed = readManifest(bytes, { served: answer.servedByRegistry === true })
  const document = parsed.is === 'refused' ? parsed.document : parsed
  if (measured === digest && parsed.is !== 'refused' && bytes.byteLength <= SERVED_LIMIT) {
    const mislabelled = answer.labels && mislabelledBy(answer.labels, parsed)
    const { evidence } = answer
    const fact = { is: 'read', manifest: parsed, bytes: bytes.byteLength, linkedAsLayer, evidence } as const
    const isUsual = !answer.remembered && mislabelled === undefined
    return {
      fact: isUsual
        ? fact
        : { ...fact, ...(answer.remembered && { remembered: true }), ...(mislabelled && { mislabelled }) },
      document,
    }
  }
  return { fact: damagedManifest({ digest, answer, measured, target, parsed }), document }
}

function damagedManifest(seen: {
  readonly digest: Digest
  readonly answer: Extract<ManifestAnswer, { is: 'served' }>
  readonly measured: Digest
  readonly target: Digest
  readonly parsed: Manifest | Refusal
}): ManifestFact {
  const { digest, answer, measured, target, parsed } = seen
  const size = answer.bytes.byteLength
  const evidence = { ...answer.evidence, measuredDigest: measured, measuredSize: size }
  const damaged = (cause: CauseOf<'manifest-damaged'>, more: Evidence = {}): ManifestFact => ({
    is: 'damaged',
    cause,
    evidence: { ...evidence, ...more },
    refused: measured === digest,
  })
  if (measured !== digest) {
    if (isWrongLink(digest, target)) return damaged('wrong-link', { linkNames: target })
    return damaged(size === 0 ? 'empty' : 'digest-mismatch')
  }
  if (size > SERVED_LIMIT) return damaged('too-large', { refusedBy: answer.servedByRegistry ? 'client' : 'registry' })
  if (parsed.is !== 'refused') return damaged('unparsable')
  return damaged(parsed.cause, { refusal: parsed.detail, refusedBy: parsed.refusedBy })
}

/** The answer for a manifest that is too large to read into memory. */
export type TooLarge = Extract<ManifestAnswer, { is: 'too-large' }>

/**
 * Judges a manifest that is too large to read. Registries do not serve such a file from storage. If a registry does serve
 * it, only the size can be compared with the parent's claim.
 *
 * @param seen.hashed `undefined` if the bytes cannot be read
 */
export function measureLarge(seen: {
  readonly digest: Digest
  readonly answer: TooLarge
  readonly claimed: readonly number[]
  readonly hashed: Answer<Digest | undefined>
}): ManifestFact {
  const { digest, answer, claimed, hashed } = seen
  if (hashed instanceof StoreError) return uncheckedBy(hashed)
  const evidence: Evidence = {
    ...answer.evidence,
    ...(claimed[0] === undefined ? {} : { claimedSize: claimed[0] }),
    ...(hashed === undefined ? {} : { measuredDigest: hashed }),
    measuredSize: answer.bytes,
  }
  const damaged = (cause: CauseOf<'manifest-damaged'>, more: Evidence = {}): ManifestFact => ({
    is: 'damaged',
    cause,
    evidence: { ...evidence, ...more },
    refused: hashed === digest,
  })
  if (hashed === digest) return damaged('too-large', { refusedBy: 'registry' })
  if (hashed !== undefined)
    return isWrongLink(digest, answer.target)
      ? damaged('wrong-link', { linkNames: answer.target })
      : damaged('digest-mismatch')
  const isExtended = claimed.length > 0 && claimed.every((size) => size < answer.bytes)
  return isExtended ? damaged('too-large', { refusedBy: 'client' }) : notRead(answer)
}

function notRead({ bytes, evidence }: TooLarge): Unchecked {
  return {
    is: 'unchecked',
    because: 'TOO_LARGE',
    place: evidence.path ?? evidence.url ?? '',
    detail: `has at least ${bytes} bytes; regfsck reads manifests of up to ${MANIFEST_LIMIT}`,
  }
}

/** Compares a config or layer with every size that its parents claim. */
export function measureBlob({ digest, sizes }: BlobQuestion, answer: Answer<BlobAnswer>): BlobFact {
  if (answer instanceof StoreError) return uncheckedBy(answer)
  if (answer.is === 'absent') return { is: 'absent', cause: answer.cause, evidence: answer.evidence }
  const { bytes, target, measured } = answer
  const wrongLink = answer.misled === true || isWrongLink(digest, target)
  const whole = measured === undefined ? bytes > 0 || isEmptyDigest(digest) : measured === digest
  if (whole && !wrongLink) return { is: 'whole', bytes }
  const evidence: Evidence = {
    ...answer.evidence,
    measuredSize: bytes,
    ...(measured === undefined ? {} : { measuredDigest: measured }),
    ...(sizes[0] === undefined ? {} : { claimedSize: sizes[0] }),
  }
  if (wrongLink)
    return {
      is: 'damaged',
      code: 'blob-digest-mismatch',
      cause: 'wrong-link',
      evidence: { ...evidence, linkNames: target },
    }
  if (bytes > 0 && (sizes.length === 0 || sizes.includes(bytes)))
    return { is: 'damaged', code: 'blob-digest-mismatch', cause: 'altered', evidence }
  return { is: 'damaged', code: 'blob-size-mismatch', cause: sizeCause(bytes, sizes), evidence }
}

/** Whether a link names another digest of the same algorithm. Another algorithm is allowed: sha512 is stored under sha256. */
export function isWrongLink(digest: Digest, target: Digest): boolean {
  return target !== digest && algorithmOf(target) === algorithmOf(digest)
}

/** The hash of bytes by the algorithm of `digest`, which must be a registered one. */
export function hashOf(bytes: Uint8Array, digest: Digest): Digest {
  const algorithm = hashAlgorithmOf(digest)
  if (algorithm === undefined) throw new TypeError(`unknown hash algorithm: ${digest}`)
  return digestOf(algorithm, hash(algorithm, bytes, 'hex'))
}

/** An object that the store could not answer for. */
export function uncheckedBy(error: StoreError): Unchecked {
  return { is: 'unchecked', because: error.code, place: error.place, detail: error.message }
}

function sizeCause(bytes: number, sizes: readonly number[]): CauseOf<'blob-size-mismatch'> {
  if (bytes === 0) return 'empty'
  return bytes < (sizes[0] ?? 0) ? 'truncated' : 'extended'
}

function isEmptyDigest(digest: Digest): boolean {
  const algorithm = hashAlgorithmOf(digest)
  return algorithm !== undefined && hash(algorithm, '', 'hex') === encodedOf(digest)
}
