import { type Digest, digestOf, encodedOf } from '../../../oci/digest.ts'
import { KEY } from './digest-table.ts'

/** sha256 digests end to end, with a number for each: the cheapest way to hand many of them to another thread. */
export interface PackedDigests {
  readonly keys: Uint8Array
  /** Bytes of each blob. */
  readonly sizes: Float64Array
}

/** Packs digests for another thread. */
export class DigestPacker {
  #keys = Buffer.alloc(KEY * 64)
  #sizes = new Float64Array(64)
  #count = 0

  /** @param digest a sha256 */
  push(digest: Digest, size: number): void {
    if (this.#count === this.#sizes.length) this.#grow()
    this.#keys.write(encodedOf(digest), this.#count * KEY, KEY, 'hex')
    this.#sizes[this.#count++] = size
  }

  pack(): PackedDigests {
    return {
      keys: Uint8Array.prototype.slice.call(this.#keys, 0, this.#count * KEY),
      sizes: this.#sizes.slice(0, this.#count),
    }
  }

  #grow(): void {
    this.#keys = Buffer.concat([this.#keys, Buffer.alloc(this.#keys.length)])
    const sizes = new Float64Array(this.#count * 2)
    sizes.set(this.#sizes)
    this.#sizes = sizes
  }
}

/** One digest of those that were packed. */
export function unpackDigest(keys: Uint8Array, n: number): Digest {
  return digestOf('sha256', Buffer.from(keys.buffer, keys.byteOffset + n * KEY, KEY).toString('hex'))
}
