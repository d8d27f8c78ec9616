import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, hashAlgorithmOf } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import { isPlatform } from '../../oci/platform.ts'
import type { RepositoryStore } from '../ports.ts'
import { NESTING_LIMIT } from '../rules.ts'
import { StoreError } from '../store-error.ts'
import { BlobChildren } from './blob-children.ts'
import type { ManifestFact } from './graph.ts'
import { LargeManifests } from './large-manifests.ts'
import { measureManifest } from './measure.ts'

/** The number of manifests held in memory as bytes at once. */
const BATCH = 64
/** The same for children that may be layers, which are far larger than manifests. */
const OPAQUE_BATCH = 4

/** Reads the manifests of one repository, each digest once. */
export class ManifestWalk {
  readonly manifests: Map<Digest, ManifestFact> = new Map()
  /** Damaged documents that can still be parsed. They explain what lies below them. */
  readonly suspect: Manifest[] = []
  readonly blobChildren: BlobChildren = new BlobChildren()
  readonly #large = new LargeManifests()
  readonly #store: RepositoryStore
  readonly #platform: string | undefined

  /** @param platform walk only what is for it; `undefined`: everything */
  constructor(store: RepositoryStore, platform: string | undefined) {
    this.#store = store
    this.#platform = platform
  }

  /** Reads manifests level by level, each digest once. */
  async descend(roots: readonly Digest[]): Promise<void> {
    let level = this.#unread(roots)
    for (let depth = 0; level.length > 0; depth++) {
      if (depth > NESTING_LIMIT) {
        for (const digest of level) this.manifests.set(digest, { is: 'skipped', because: 'TOO_DEEP' })
        return
      }
      const children: Digest[] = []
      for (const batch of this.#batches(level)) await this.#read(batch, children)
      level = this.#unread(children)
    }
  }

  *#batches(level: readonly Digest[]): Generator<readonly Digest[]> {
    const plain = level.filter((digest) => !this.blobChildren.mayBeBlob(digest))
    for (let n = 0; n < plain.length; n += BATCH) yield plain.slice(n, n + BATCH)
    const opaque = plain.length === level.length ? [] : level.filter((digest) => this.blobChildren.mayBeBlob(digest))
    for (let n = 0; n < opaque.length; n += OPAQUE_BATCH) yield opaque.slice(n, n + OPAQUE_BATCH)
  }

  /** Reads missing blobs as manifests, because some were pushed as such. @returns those that are no manifests either */
  async readAsManifests(lost: readonly Digest[]): Promise<readonly Digest[]> {
    const neither: Digest[] = []
    for (let n = 0; n < lost.length; n += OPAQUE_BATCH) {
      const batch = lost.slice(n, n + OPAQUE_BATCH)
      await this.#read(batch, [])
      for (const digest of batch) if (!this.#isManifestAfterAll(digest)) neither.push(digest)
    }
    return neither
  }

  /** Judges manifests that are too large to read, once all claims of their size are known. */
  judgeLarge(): Promise<void> {
    return this.#large.judge(this.#store, this.manifests)
  }

  #isManifestAfterAll(digest: Digest): boolean {
    const fact = this.manifests.get(digest)
    if (fact?.is === 'read') return true
    if (fact?.is === 'damaged' && fact.refused) {
      this.manifests.set(digest, { is: 'opaque', bytes: Number(fact.evidence.measuredSize) })
      return true
    }
    this.manifests.delete(digest)
    return false
  }

  async #read(digests: readonly Digest[], children: Digest[]): Promise<void> {
    const answers = await this.#store.readManifests(digests)
    for (const [n, digest] of digests.entries()) {
      const answer = answers[n]
      if (answer === undefined) continue
      if ('is' in answer && answer.is === 'too-large') this.#large.add(digest, answer)
      if (!(answer instanceof StoreError) && answer.is === 'served' && answer.linkedAsLayer)
        this.blobChildren.sawLayerLink(digest)
      const { fact, document } = measureManifest(digest, answer)
      this.manifests.set(digest, fact)
      if (fact.is !== 'read') {
        if (document) this.suspect.push(document)
      } else if (fact.manifest.is === 'index') {
        for (const child of fact.manifest.children)
          if (this.#isWanted(child) && this.blobChildren.take(child)) children.push(child.digest)
      }
    }
  }

  /** A child without a platform may be for any. */
  #isWanted({ platform }: Descriptor): boolean {
    return this.#platform === undefined || platform === undefined || isPlatform(platform, this.#platform)
  }

  #unread(digests: readonly Digest[]): Digest[] {
    const unread = new Set<Digest>()
    for (const digest of digests) {
      if (this.manifests.has(digest)) continue
      if (hashAlgorithmOf(digest) === undefined)
        this.manifests.set(digest, { is: 'skipped', because: 'ALGORITHM_UNKNOWN' })
      else unread.add(digest)
    }
    return [...unread]
  }
}
