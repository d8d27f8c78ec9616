import { type Digest, hashAlgorithmOf } from '../oci/digest.ts'
import { effectiveMediaType, type Manifest, readManifest } from '../oci/manifest.ts'
import type { Below, ManifestLook } from './graph.ts'
import { hashOf } from './measure.ts'
import type { RepositoryStore } from './ports.ts'
import { StoreError } from './store-error.ts'

/**
 * Looks below manifests that are not served, only to find the cause. Nothing found here is damage or an orphan of its
 * own: it follows from the manifest above it.
 */
export class Excavation {
  readonly below: Map<Digest, Below> = new Map()
  /** Configs and layers that an unserved manifest names. */
  readonly explained: Set<Digest> = new Set()
  /** Something that may explain more could not be read. */
  blind = false
  readonly #dug = new Set<Digest>()
  readonly #store: RepositoryStore
  readonly #served: ReadonlyMap<Digest, ManifestLook>

  constructor(store: RepositoryStore, served: ReadonlyMap<Digest, ManifestLook>) {
    this.#store = store
    this.#served = served
  }

  /** Take a document as the explanation of the links it names, whether or not its bytes are believed. */
  explain(document: Manifest): void {
    if (document.is === 'index') return
    for (const { digest } of blobsOf(document)) this.explained.add(digest)
  }

  /** Look for the bytes of a manifest that is not served, and for what it needs. */
  async dig(root: Digest): Promise<void> {
    const queue = [root]
    for (let digest = queue.pop(); digest !== undefined; digest = queue.pop()) {
      if (this.#dug.has(digest) || hashAlgorithmOf(digest) === undefined) continue
      this.#dug.add(digest)
      const remains = await this.#store.readRemains(digest)
      if (remains instanceof StoreError) this.blind = true
      if (remains === undefined || remains instanceof StoreError || hashOf(remains.bytes, digest) !== digest) continue
      const document = readManifest(remains.bytes)
      if (document.is === 'refused') continue
      this.explain(document)
      this.below.set(digest, await this.#describe(document, remains.place))
      if (document.is !== 'index') continue
      for (const child of document.children) if (this.#served.get(child.digest)?.is !== 'read') queue.push(child.digest)
    }
  }

  async #describe(document: Manifest, place: string): Promise<Below> {
    const questions = blobsOf(document)
      .filter(({ digest }) => hashAlgorithmOf(digest) !== undefined)
      .map(({ digest }) => ({ digest, sizes: [], prove: false }))
    const answers = await this.#store.probeBlobs(questions)
    const present = answers.filter((answer) => !(answer instanceof StoreError) && answer.is === 'present').length
    return { place, mediaType: effectiveMediaType(document), named: questions.length, present }
  }
}

function blobsOf(document: Manifest): readonly { readonly digest: Digest }[] {
  if (document.is === 'index') return []
  return document.is === 'image' ? [document.config, ...document.layers] : document.layers
}
