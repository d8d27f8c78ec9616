import { algorithmOf, type Digest, encodedOf, hashAlgorithmOf } from '../../../oci/digest.ts'

/**
 * Bodies of manifests that were hashed once, kept between runs by their digests: they never change. What is in it says
 * nothing about what a registry has; that is asked anew each time. It can be deleted at any time.
 */
export class ManifestCache {
  readonly #directory: string
  readonly #onTrouble: (problem: string) => void
  #broken = false

  /** @param onTrouble told once, where it cannot be written: the scan goes on without it */
  constructor(directory: string, onTrouble: (problem: string) => void) {
    this.#directory = directory
    this.#onTrouble = onTrouble
  }

  /** The bytes, proved against the digest as they are read; `undefined` where there are none or they are no longer right. */
  async get(digest: Digest): Promise<Uint8Array | undefined> {
    const { get, rm } = await cacache()
    try {
      return await get.byDigest(this.#directory, integrityOf(digest), { memoize: false })
    } catch (error) {
      // What is stored once is never written over: bytes that went bad have to go before good ones can come.
      if (!isMissing(error)) await rm.content(this.#directory, integrityOf(digest)).catch(() => undefined)
      return undefined
    }
  }

  /** @param bytes that hash to the digest */
  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (this.#broken) return
    const algorithm = hashAlgorithmOf(digest)
    if (algorithm === undefined) return
    const { get, put } = await cacache()
    try {
      // A second look fetches what is known, and each `put` of it would leave another line in the index.
      if (await get.hasContent(this.#directory, integrityOf(digest))) return
      await put(this.#directory, digest, Buffer.from(bytes), { algorithms: [algorithm], memoize: false })
    } catch (error) {
      this.#giveUp(error)
    }
  }

  #giveUp(error: unknown): void {
    if (!this.#broken)
      this.#onTrouble(`cannot write to ${this.#directory}: ${error instanceof Error ? error.message : String(error)}`)
    this.#broken = true
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Loaded where it is used: it costs a tenth of a second. */
async function cacache(): Promise<typeof import('cacache')> {
  // Its exports have no names in a bundle: it is CommonJS.
  return (await import('cacache')).default
}

/** @see W3C Subresource Integrity, 3.5 */
function integrityOf(digest: Digest): string {
  return `${algorithmOf(digest)}-${Buffer.from(encodedOf(digest), 'hex').toString('base64')}`
}
