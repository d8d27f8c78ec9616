import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, hashAlgorithmOf } from '../../oci/digest.ts'
import { effectiveMediaType, type Manifest, readManifest } from '../../oci/manifest.ts'
import type { Answer, BlobAnswer, BlobQuestion, RepositoryStore } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import type { Below, BlobBelow, ManifestLook } from './graph.ts'
import { hashOf, measureBlob } from './measure.ts'

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
    const named = blobsOf(document).filter(({ digest }) => hashAlgorithmOf(digest) !== undefined)
    const blobs = await blobsBelow(this.#store, named)
    const children = document.is === 'index' ? document.children.map(({ digest }) => digest) : []
    return { place, mediaType: effectiveMediaType(document), children, blobs }
  }
}

/** What is known of a blob that is looked for below the manifests. */
interface Sought extends Partial<Pick<Descriptor, 'size' | 'foreign'>>, Pick<BlobQuestion, 'stray'> {
  readonly digest: Digest
}

/** What is left of blobs, in their order. */
export async function blobsBelow(store: RepositoryStore, sought: readonly Sought[]): Promise<BlobBelow[]> {
  const questions = sought.map(({ digest, size, stray }) => ({
    digest,
    sizes: size === undefined ? [] : [size],
    prove: true,
    ...(stray && { stray }),
  }))
  const answers = await store.probeBlobs(questions)
  return sought.flatMap((each, n) => {
    const [question, answer] = [questions[n], answers[n]]
    return question === undefined || answer === undefined ? [] : [blobBelow(each, question, answer)]
  })
}

function blobBelow({ digest, foreign }: Sought, question: BlobQuestion, answer: Answer<BlobAnswer>): BlobBelow {
  if (answer instanceof StoreError) return { digest, state: 'lost' }
  const { evidence } = answer
  const at = (path: string | undefined): { readonly path?: string } => (path === undefined ? {} : { path })
  if (answer.is === 'absent') {
    const badLink = answer.cause === 'layer-link-invalid' ? evidence.path : undefined
    const link = badLink === undefined ? {} : { badLink }
    // `path` is that of the link where it is the link that is missing or bad.
    const file = at(evidence.blobPath ?? evidence.path)
    if (evidence.blobStored === true)
      return { digest, state: evidence.blobDamaged === true ? 'damaged' : 'stored', ...file, ...link }
    if (evidence.dataIs !== undefined) return { digest, state: 'damaged', ...file, ...link }
    return { digest, state: foreign ? 'foreign' : 'lost', ...link }
  }
  const look = measureBlob(question, answer)
  if (look.is !== 'damaged') return { digest, state: 'linked', ...at(evidence.path) }
  if (look.cause !== 'wrong-link') return { digest, state: 'damaged', ...at(evidence.path) }
  const badLink = evidence.link
  return {
    digest,
    state: evidence.ownStored === true ? 'stored' : 'lost',
    ...at(evidence.ownPath),
    ...(badLink === undefined ? {} : { badLink }),
  }
}

function blobsOf(document: Manifest): readonly Descriptor[] {
  if (document.is === 'index') return []
  return document.is === 'image' ? [document.config, ...document.layers] : document.layers
}
