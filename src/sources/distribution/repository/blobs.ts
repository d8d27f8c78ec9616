import type { BlobAnswer, BlobQuestion, Unreadable } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import { isWrongLink } from '../../../check/walk/measure.ts'
import { type Digest, hashAlgorithmOf } from '../../../oci/digest.ts'
import { fileSize, type Hashed, requireFile, type StorageDriver } from '../driver.ts'
import { blobPlace, blobsPath, dataPath } from '../layout.ts'

/** Decides when to hash a blob of the right size. */
export type ProveBytes = (digest: Digest, bytes: number) => 'now' | 'later'

const PIECE = 1024 * 1024
/** One per thread: reading is synchronous, so it has one user at a time. */
const piece = new Uint8Array(PIECE)

/** The blobs of a registry, shared by its repositories. */
export class Blobs {
  readonly #v2: string
  readonly #driver: StorageDriver
  readonly #barred: ReadonlyMap<string, Unreadable>
  readonly #prove: ProveBytes | undefined
  readonly #stopped: () => boolean
  readonly #onNeeded: ((digest: Digest) => void) | undefined

  /**
   * @param options.barred places that must not be read through, by path relative to the blobs directory
   * @param options.prove `undefined`: blobs of the right size are not hashed
   * @param options.onNeeded called for every blob that something needs
   * @param options.stopped called between reads of a long file
   */
  constructor(
    v2: string,
    driver: StorageDriver,
    options: {
      readonly barred: ReadonlyMap<string, Unreadable>
      readonly prove?: ProveBytes | undefined
      readonly stopped?: () => boolean
      readonly onNeeded?: ((digest: Digest) => void) | undefined
    },
  ) {
    this.#v2 = v2
    this.#driver = driver
    this.#barred = options.barred
    this.#prove = options.prove
    this.#onNeeded = options.onNeeded
    this.#stopped = options.stopped ?? (() => false)
  }

  path(digest: Digest): string {
    return dataPath(this.#v2, digest)
  }

  /** Records that something needs a blob, whether or not it exists. @param target under which it is stored */
  need(question: BlobQuestion, target: Digest = question.digest): void {
    if (!question.stray) this.#onNeeded?.(target)
  }

  /** The size of a blob's file. @throws {StoreError} */
  size(digest: Digest): number | 'missing' | 'directory' {
    if (this.#barred.size > 0) this.#requirePassable(digest)
    return fileSize(this.#driver, this.path(digest))
  }

  /**
   * The bytes of a small blob; its size if it is larger than `limit` bytes; `undefined` if there is no file.
   * @throws {StoreError}
   */
  read(digest: Digest, limit: number): Uint8Array | number | undefined {
    this.#onNeeded?.(digest)
    if (this.#barred.size > 0) this.#requirePassable(digest)
    const path = this.path(digest)
    const read = this.#driver.read(path, piece)
    if (typeof read !== 'number') return undefined
    if (read === 0) requireFile(this.#driver, path)
    return read < PIECE ? Buffer.from(piece.subarray(0, read)) : this.#readOn(path, limit)
  }

  #readOn(path: string, limit: number): Uint8Array | number | undefined {
    const size = fileSize(this.#driver, path)
    if (typeof size !== 'number') return undefined
    if (size > limit) return size
    // It may grow while it is read.
    const whole = Buffer.allocUnsafe(limit + 1)
    const read = this.#driver.read(path, whole)
    if (typeof read !== 'number') return undefined
    return read > limit ? read : Buffer.from(whole.subarray(0, read))
  }

  /**
   * The hash of a blob's file by the algorithm of `digest`.
   *
   * @param file the digest under which it is stored, which differs if the algorithms do
   * @throws {StoreError} also if it was stopped
   */
  hash(digest: Digest, file: Digest = digest): Hashed | undefined {
    const algorithm = hashAlgorithmOf(digest)
    if (algorithm === undefined) throw new TypeError(`unknown hash algorithm: ${digest}`)
    return this.#driver.hash(this.path(file), algorithm, this.#stopped)
  }

  /** The path for the bytes of a digest, ignoring links, and whether they are there as far as this depth shows. */
  own({ digest, sizes }: Pick<BlobQuestion, 'digest' | 'sizes'>): { ownPath: string; ownStored: boolean } {
    const size = this.size(digest)
    const isStored = typeof size === 'number' && (sizes.length === 0 || sizes.includes(size))
    return { ownPath: this.path(digest), ownStored: isStored && !this.#isKnownBad(digest) }
  }

  /** If bytes are hashed at this depth, a file without a link is hashed now, because nothing else will. */
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
