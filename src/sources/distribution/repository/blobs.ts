import { createHash, type Hash } from 'node:crypto'
import type { BlobAnswer, BlobQuestion, Unreadable } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import { isWrongLink } from '../../../check/walk/measure.ts'
import { type Digest, digestOf, hashAlgorithmOf } from '../../../oci/digest.ts'
import type { Files } from '../../drivers/filesystem/driver.ts'
import { blobPlace, blobsPath, dataPath } from '../layout.ts'

/** What is done with a blob whose size is right and whose bytes should be proved. */
export type ProveBytes = (digest: Digest, bytes: number) => 'now' | 'later'

const PIECE = 1024 * 1024
/** One per thread: reading is synchronous, so nobody else uses it meanwhile. */
const piece = new Uint8Array(PIECE)

/** The blobs of a registry, shared by its repositories. */
export class Blobs {
  readonly #v2: string
  readonly #files: Files
  readonly #barred: ReadonlyMap<string, Unreadable>
  readonly #prove: ProveBytes | undefined
  readonly #stopped: () => boolean
  readonly #onNeeded: ((digest: Digest) => void) | undefined

  /**
   * @param options.barred places that must not be read through, by path relative to the blobs directory
   * @param options.prove `undefined`: bytes are not proved where the size is right
   * @param options.onNeeded told of every blob that something needs
   * @param options.stopped asked between pieces of a long file
   */
  constructor(
    v2: string,
    files: Files,
    options: {
      readonly barred: ReadonlyMap<string, Unreadable>
      readonly prove?: ProveBytes | undefined
      readonly stopped?: () => boolean
      readonly onNeeded?: ((digest: Digest) => void) | undefined
    },
  ) {
    this.#v2 = v2
    this.#files = files
    this.#barred = options.barred
    this.#prove = options.prove
    this.#onNeeded = options.onNeeded
    this.#stopped = options.stopped ?? (() => false)
  }

  path(digest: Digest): string {
    return dataPath(this.#v2, digest)
  }

  /** Take note that something needs a blob, whether or not it can be had. @param target under which it is stored */
  need(question: BlobQuestion, target: Digest = question.digest): void {
    if (!question.stray) this.#onNeeded?.(target)
  }

  /** The size of a blob's file. @throws {StoreError} */
  size(digest: Digest): number | 'missing' | 'directory' {
    if (this.#barred.size > 0) this.#requirePassable(digest)
    return this.#files.size(this.path(digest))
  }

  /**
   * The whole of a small blob; its size where it is larger than `limit` bytes; `undefined` where there is no file.
   * @throws {StoreError}
   */
  read(digest: Digest, limit: number): Uint8Array | number | undefined {
    this.#onNeeded?.(digest)
    if (this.#barred.size > 0) this.#requirePassable(digest)
    const path = this.path(digest)
    const read = this.#files.readStart(path, piece)
    if (typeof read !== 'number') return undefined
    if (read === 0) this.#files.requireRegular(path)
    return read < PIECE ? Buffer.from(piece.subarray(0, read)) : this.#readOn(path, limit)
  }

  #readOn(path: string, limit: number): Uint8Array | number | undefined {
    const size = this.#files.size(path)
    if (typeof size !== 'number') return undefined
    if (size > limit) return size
    const pieces: Uint8Array[] = []
    let bytes = 0
    this.#files.readPieces(path, piece, (part) => {
      pieces.push(part.slice())
      bytes += part.byteLength
      return bytes <= limit
    })
    return bytes > limit ? bytes : Buffer.concat(pieces)
  }

  /**
   * The hash of a blob's file by the algorithm of `digest`.
   *
   * @param file the digest under which it is stored: another one where the algorithms differ
   * @throws {StoreError} also where it was told to stop
   */
  hash(digest: Digest, file: Digest = digest): { readonly measured: Digest; readonly bytes: number } | undefined {
    const algorithm = hashAlgorithmOf(digest)
    if (algorithm === undefined) throw new TypeError(`no way to hash for ${digest}`)
    const hash: Hash = createHash(algorithm)
    const path = this.path(file)
    let bytes = 0
    const read = this.#files.readPieces(path, piece, (part) => {
      hash.update(part)
      bytes += part.byteLength
      if (this.#stopped()) throw new StoreError('was not read to the end', { code: 'STORE_READ_FAILED', place: path })
      return true
    })
    return read === 'read' ? { measured: digestOf(algorithm, hash.digest('hex')), bytes } : undefined
  }

  /** Where the bytes of a digest belong, whatever a link says, and whether they are there as far as this depth tells. */
  own({ digest, sizes }: Pick<BlobQuestion, 'digest' | 'sizes'>): { ownPath: string; ownStored: boolean } {
    const size = this.size(digest)
    const isStored = typeof size === 'number' && (sizes.length === 0 || sizes.includes(size))
    return { ownPath: this.path(digest), ownStored: isStored && !this.#isKnownBad(digest) }
  }

  /** Where bytes are read at all, a file without its link is read now: nobody would come back to it. */
  #isKnownBad(digest: Digest): boolean {
    return this.#prove !== undefined && this.hash(digest)?.measured !== digest
  }

  /** @param at.target what the link names */
  probe(question: BlobQuestion, at: { readonly target: Digest; readonly link: string }): BlobAnswer {
    const { target, link } = at
    const { digest, sizes, prove } = question
    this.need(question)
    if (target !== question.digest) this.need(question, target)
    const path = this.path(target)
    const evidence = isWrongLink(digest, target) ? { link, path, ...this.own(question) } : { link, path }
    const absent: BlobAnswer = { is: 'absent', cause: 'blob-missing', evidence, target }
    const size = this.size(target)
    if (size === 'missing') return absent
    if (size === 'directory') return { ...absent, evidence: { ...evidence, dataIs: 'a directory' } }
    const differs = sizes.some((claimed) => claimed !== size)
    const now = prove && (differs || this.#prove?.(digest, size) === 'now' || (this.#prove && target !== digest))
    if (!now) return { is: 'present', bytes: size, target, measured: undefined, evidence }
    const hashed = this.hash(digest, target)
    if (hashed === undefined) return absent
    return { is: 'present', bytes: hashed.bytes, target, measured: hashed.measured, evidence }
  }

  #requirePassable(digest: Digest): void {
    const place = blobPlace(digest)
    const prefix = place.slice(0, place.lastIndexOf('/'))
    const bar =
      this.#barred.get(place) ?? this.#barred.get(prefix) ?? this.#barred.get(prefix.slice(0, prefix.lastIndexOf('/')))
    if (bar) throw new StoreError(bar.detail, { code: bar.because, place: `${blobsPath(this.#v2)}/${place}` })
  }
}
