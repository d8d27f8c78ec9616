import { createHash, type Hash } from 'node:crypto'
import { type Digest, digestOf, type HashAlgorithm, hashAlgorithmOf } from '../../../oci/digest.ts'
import type { BodySink, ResponseHead } from '../http/http-request.ts'

/** Bytes up to which a body longer than claimed is read whole: its hash shows whether the blob or the claim is wrong. */
const SMALL = 1024 * 1024

/**
 * Hashes the body of a blob as it comes, without keeping it. Stops one byte after the claimed size: a server may send gigabytes
 * instead of a kilobyte.
 */
export class BlobHasher {
  readonly #digest: Digest
  readonly #algorithm: HashAlgorithm
  readonly #claimed: number | undefined
  #hash: Hash
  #bytes = 0
  #startsRight = false

  /** @param claimed the largest size that a manifest claims; `undefined` if none does */
  constructor(digest: Digest, claimed: number | undefined) {
    const algorithm = hashAlgorithmOf(digest)
    if (algorithm === undefined) throw new TypeError(`unknown hash algorithm: ${digest}`)
    this.#digest = digest
    this.#algorithm = algorithm
    this.#claimed = claimed
    this.#hash = createHash(algorithm)
  }

  /** Starts a new hash, so a retry can open it again. */
  readonly open = ({ headers }: Pick<ResponseHead, 'headers'>): BodySink => {
    this.#hash = createHash(this.#algorithm)
    this.#bytes = 0
    this.#startsRight = false
    const limit = limitOf(this.#claimed, contentLengthOf(headers))
    return (chunk) => {
      this.#add(chunk.subarray(0, limit - this.#bytes))
      return this.#bytes < limit
    }
  }

  #add(chunk: Uint8Array): void {
    const missing = (this.#claimed ?? Number.POSITIVE_INFINITY) - this.#bytes
    const endsHere = missing >= 0 && missing < chunk.byteLength
    if (endsHere) {
      this.#hash.update(chunk.subarray(0, missing))
      this.#startsRight = this.digest() === this.#digest
      this.#hash.update(chunk.subarray(missing))
    } else this.#hash.update(chunk)
    this.#bytes += chunk.byteLength
  }

  /** Bytes read. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether the body is longer than claimed, and its claimed part has the right digest. */
  get startsRight(): boolean {
    return this.#startsRight
  }

  /** The digest of the bytes read. */
  digest(): Digest {
    return digestOf(this.#algorithm, this.#hash.copy().digest('hex'))
  }
}

/** The `Content-Length` in bytes; `undefined` if there is none. */
export function contentLengthOf(headers: ResponseHead['headers']): number | undefined {
  const length = headers['content-length']
  return typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined
}

function limitOf(claimed: number | undefined, announced: number | undefined): number {
  if (announced !== undefined && (announced <= SMALL || claimed === undefined)) return announced + 1
  return (claimed ?? SMALL) + 1
}
