import { createHash, type Hash } from 'node:crypto'
import { type Digest, digestOf, type HashAlgorithm, hashAlgorithmOf } from '../../../oci/digest.ts'
import type { Head, Take } from '../http/transport.ts'

/** Bytes of a body that is read whole though it is longer than anybody claims: then its hash tells which of them is wrong. */
const SMALL = 1024 * 1024

/**
 * Hashes the body of a blob as it comes, and keeps none of it. It stops one byte after what is claimed: a server may send
 * gigabytes in place of a kilobyte.
 */
export class BlobBody {
  readonly #digest: Digest
  readonly #algorithm: HashAlgorithm
  readonly #claimed: number | undefined
  #hash: Hash
  #bytes = 0
  #startsRight = false

  /** @param claimed the largest size that a manifest claims of it, where one does */
  constructor(digest: Digest, claimed: number | undefined) {
    const algorithm = hashAlgorithmOf(digest)
    if (algorithm === undefined) throw new TypeError(`no way to hash for ${digest}`)
    this.#digest = digest
    this.#algorithm = algorithm
    this.#claimed = claimed
    this.#hash = createHash(algorithm)
  }

  /** Begin; begin again with each try. */
  readonly open = ({ headers }: Pick<Head, 'headers'>): Take => {
    this.#hash = createHash(this.#algorithm)
    this.#bytes = 0
    this.#startsRight = false
    const limit = limitOf(this.#claimed, lengthOf(headers))
    return (piece) => {
      this.#add(piece.subarray(0, limit - this.#bytes))
      return this.#bytes < limit
    }
  }

  #add(piece: Uint8Array): void {
    const missing = (this.#claimed ?? Number.POSITIVE_INFINITY) - this.#bytes
    const endsHere = missing >= 0 && missing < piece.byteLength
    if (endsHere) {
      this.#hash.update(piece.subarray(0, missing))
      this.#startsRight = this.digest() === this.#digest
      this.#hash.update(piece.subarray(missing))
    } else this.#hash.update(piece)
    this.#bytes += piece.byteLength
  }

  /** Bytes that were read. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether there is more than is claimed, and the claimed bytes are right. */
  get startsRight(): boolean {
    return this.#startsRight
  }

  /** Of the bytes that were read. */
  digest(): Digest {
    return digestOf(this.#algorithm, this.#hash.copy().digest('hex'))
  }
}

/** Bytes that a body is announced to have. */
export function lengthOf(headers: Head['headers']): number | undefined {
  const length = headers['content-length']
  return typeof length === 'string' && /^\d+$/.test(length) ? Number(length) : undefined
}

function limitOf(claimed: number | undefined, announced: number | undefined): number {
  if (announced !== undefined && (announced <= SMALL || claimed === undefined)) return announced + 1
  return (claimed ?? SMALL) + 1
}
