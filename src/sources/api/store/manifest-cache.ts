import { algorithmOf, type Digest, encodedOf, hashAlgorithmOf } from '../../../oci/digest.ts'

/**
 * The bodies of manifests by digest, kept between runs. They say nothing about what a registry has now. The directory can be
 * deleted at any time.
 */
export class ManifestCache {
  readonly #directory: string
  readonly #onProblem: (problem: string) => void
  #broken = false

  /** @param onProblem called once, if the cache cannot be written; the scan continues without it */
  constructor(directory: string, onProblem: (problem: string) => void) {
    this.#directory = directory
    this.#onProblem = onProblem
  }

  /** The bytes, verified against the digest; `undefined` if there are none or they are damaged. */
  async get(digest: Digest): Promise<Uint8Array | undefined> {
    const { get, rm } = await cacache()
    try {
      return await get.byDigest(this.#directory, integrityOf(digest), { memoize: false })
    } catch (error) {
      // cacache never overwrites content, so damaged bytes must be removed before good ones can be stored.
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
      // Manifests are fetched again to confirm damage, and each `put` appends a line to the index.
      if (await get.hasContent(this.#directory, integrityOf(digest))) return
      await put(this.#directory, digest, Buffer.from(bytes), { algorithms: [algorithm], memoize: false })
    } catch (error) {
      this.#giveUp(error)
    }
  }

  #giveUp(error: unknown): void {
    if (!this.#broken)
      this.#onProblem(`cannot write to ${this.#directory}: ${error instanceof Error ? error.message : String(error)}`)
    this.#broken = true
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Imported only when needed: it takes 100 ms to load. */
async function cacache(): Promise<typeof import('cacache')> {
  // It is CommonJS: in a bundle, its exports have no names.
  return (await import('cacache')).default
}

/** @see W3C Subresource Integrity, 3.5 */
function integrityOf(digest: Digest): string {
  return `${algorithmOf(digest)}-${Buffer.from(encodedOf(digest), 'hex').toString('base64')}`
}
