import type { Descriptor } from '../oci/descriptor.ts'
import { type Digest, hashAlgorithmOf } from '../oci/digest.ts'
import type { Manifest } from '../oci/manifest.ts'
import { isManifestType } from '../oci/media-type.ts'
import type { TagName } from '../oci/names.ts'
import { isPlatform, platformInConfig } from '../oci/platform.ts'
import { compareText } from './compare-text.ts'
import { Excavation } from './excavation.ts'
import type { BlobLook, Graph, ManifestLook, StrayLink, TagLook } from './graph.ts'
import { LargeManifests } from './large-manifests.ts'
import { isWrongLink, measureBlob, measureManifest, uncheckedBy } from './measure.ts'
import type { Answer, BlobAnswer, BlobQuestion, Listing, RepositoryStore, Unreadable } from './ports.ts'
import { NESTING_LIMIT, type Rules } from './rules.ts'
import { StoreError } from './store-error.ts'

/** Manifests held in memory as bytes at one time. */
const BATCH = 64
/** Of what may be a layer, which is far larger than any manifest. */
const OPAQUE_BATCH = 4

/**
 * Walk one repository: tags, the manifests they lead to, the revisions no tag reaches, then configs and layers.
 *
 * Each digest is asked for once. Memory grows with the repository, never with the registry.
 */
export async function walk(repository: string, store: RepositoryStore, rules: Rules): Promise<Graph> {
  const seen = new Walk(store, rules.platform)
  const tags = await seen.tags()
  await seen.descend([...tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : [])))
  await seen.descend(await seen.listed(() => store.listRevisions()))
  await seen.allowOpaque(tags)
  await seen.judgeLarge()
  const blobs = rules.depth === 'graph' ? new Map<Digest, BlobLook>() : await seen.blobs()
  const excavation = await seen.excavate()
  const { below } = excavation
  const strayLinks = rules.depth === 'graph' ? new Map<Digest, StrayLink>() : await seen.strays(blobs, excavation)
  const { manifests, unreadable, layerLinks } = seen
  const graph = { repository, tags, manifests, blobs, strayLinks, layerLinks, below, unreadable }
  return rules.platform === undefined ? graph : { ...graph, configPlatforms: await seen.configPlatforms(tags) }
}

class Walk {
  readonly manifests = new Map<Digest, ManifestLook>()
  readonly unreadable: Unreadable[] = []
  layerLinks = 0
  /** Documents that could be parsed though they are not believed: they explain what lies below. */
  readonly #suspect: Manifest[] = []
  /** Children whose descriptor has a media type that is no manifest we know, and the sizes that are claimed of them. */
  readonly #opaque = new Map<Digest, number[]>()
  /** Under which the blobs that are needed are stored: a sha512 push links both its digests. */
  readonly #targets = new Set<Digest>()
  readonly #large = new LargeManifests()
  readonly #store: RepositoryStore
  readonly #platform: string | undefined

  /** @param platform where only what is for it is to be walked */
  constructor(store: RepositoryStore, platform: string | undefined) {
    this.#store = store
    this.#platform = platform
  }

  async tags(): Promise<Map<TagName, TagLook>> {
    const names = await this.listed(() => this.#store.listTags())
    const answers = await this.#store.resolveTags(names)
    const tags = new Map<TagName, TagLook>()
    for (const [n, name] of names.entries()) {
      const answer = answers[n]
      if (answer instanceof StoreError) tags.set(name, uncheckedBy(answer))
      else if (answer && answer.is !== 'gone') tags.set(name, answer)
    }
    return tags
  }

  /** Read manifests level by level; a digest that was read before is not read again. */
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
    const plain = level.filter((digest) => !this.#opaque.has(digest))
    for (let n = 0; n < plain.length; n += BATCH) yield plain.slice(n, n + BATCH)
    const opaque = plain.length === level.length ? [] : level.filter((digest) => this.#opaque.has(digest))
    for (let n = 0; n < opaque.length; n += OPAQUE_BATCH) yield opaque.slice(n, n + OPAQUE_BATCH)
  }

  async #read(digests: readonly Digest[], children: Digest[]): Promise<void> {
    const answers = await this.#store.readManifests(digests)
    for (const [n, digest] of digests.entries()) {
      const answer = answers[n]
      if (answer === undefined) continue
      if ('is' in answer && answer.is === 'too-large') this.#large.add(digest, answer)
      const { look, document } = measureManifest(digest, answer)
      this.manifests.set(digest, look)
      if (look.is !== 'read') {
        if (document) this.#suspect.push(document)
      } else if (look.manifest.is === 'index') {
        for (const child of look.manifest.children) {
          if (!this.#isWanted(child)) continue
          children.push(child.digest)
          if (child.mediaType !== '' && !isManifestType(child.mediaType))
            this.#opaque.set(child.digest, [...(this.#opaque.get(child.digest) ?? []), ...sizesOf(child)])
        }
      }
    }
  }

  /** A child that does not name its platform may be for any. */
  #isWanted({ platform }: Descriptor): boolean {
    return this.#platform === undefined || platform === undefined || isPlatform(platform, this.#platform)
  }

  /** Of what tags lead to without an index that would say it. */
  async configPlatforms(tags: ReadonlyMap<TagName, TagLook>): Promise<Map<Digest, string>> {
    const platforms = new Map<Digest, string>()
    const roots = [...tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : []))
    const undescribed = [...this.manifests.values()]
      .flatMap((look) => (look.is === 'read' && look.manifest.is === 'index' ? look.manifest.children : []))
      .flatMap((child) => (child.platform === undefined ? [child.digest] : []))
    for (const digest of new Set([...roots, ...undescribed])) {
      const look = this.manifests.get(digest)
      if (look?.is !== 'read' || look.manifest.is !== 'image' || !look.manifest.runnable) continue
      const bytes = await this.#store.readConfig?.(look.manifest.config.digest)
      const platform = bytes === undefined ? undefined : platformInConfig(bytes)
      if (platform !== undefined) platforms.set(digest, platform)
    }
    return platforms
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

  /**
   * Children of a media type that we do not know need not be manifests: whole bytes are all that is asked of them,
   * unless a tag or another index takes them for one. The layers in the index of a BuildKit cache are served as blobs only.
   */
  async allowOpaque(tags: ReadonlyMap<TagName, TagLook>): Promise<void> {
    if (this.#opaque.size === 0) return
    for (const tag of tags.values()) if (tag.is === 'resolved') this.#opaque.delete(tag.digest)
    for (const look of this.manifests.values()) {
      if (look.is !== 'read' || look.manifest.is !== 'index') continue
      for (const child of look.manifest.children)
        if (child.mediaType === '' || isManifestType(child.mediaType)) this.#opaque.delete(child.digest)
    }
    const unserved: BlobQuestion[] = []
    for (const [digest, sizes] of this.#opaque) {
      const look = this.manifests.get(digest)
      if (look?.is === 'absent' || look?.is === 'unchecked') unserved.push({ digest, sizes, prove: true })
      if (look?.is === 'read') this.manifests.set(digest, { ...look, linkedAsLayer: false })
      if (look?.is === 'damaged' && look.refused)
        this.manifests.set(digest, { is: 'opaque', bytes: Number(look.evidence['measuredSize']) })
    }
    const answers = await this.#store.probeBlobs(unserved)
    for (const [n, question] of unserved.entries()) {
      const answer = answers[n]
      const blob = answer && measureBlob(question, answer)
      if (blob?.is === 'whole') this.manifests.set(question.digest, { is: 'opaque', bytes: blob.bytes, unread: true })
    }
  }

  judgeLarge(): Promise<void> {
    return this.#large.judge(this.#store, this.manifests)
  }

  async blobs(): Promise<Map<Digest, BlobLook>> {
    const blobs = new Map<Digest, BlobLook>()
    const questions: BlobQuestion[] = []
    for (const [digest, sizes] of claimedSizes(this.manifests.values())) {
      if (hashAlgorithmOf(digest) === undefined) blobs.set(digest, { is: 'skipped', because: 'ALGORITHM_UNKNOWN' })
      else questions.push({ digest, sizes, prove: true })
    }
    const answers = await this.#store.probeBlobs(questions)
    for (const [n, question] of questions.entries()) {
      const answer = answers[n]
      if (answer === undefined) continue
      blobs.set(question.digest, measureBlob(question, answer))
      if (!(answer instanceof StoreError) && answer.target !== undefined) this.#targets.add(answer.target)
    }
    return blobs
  }

  async excavate(): Promise<Excavation> {
    const excavation = new Excavation(this.#store, this.manifests)
    for (const document of this.#suspect) {
      excavation.explain(document)
      if (document.is === 'index')
        for (const { digest } of document.children)
          if (this.manifests.get(digest)?.is !== 'read') await excavation.dig(digest)
    }
    for (const [digest, look] of this.manifests) if (look.is === 'absent') await excavation.dig(digest)
    return excavation
  }

  /** Layer links that nothing names, and that lead nowhere. */
  async strays(
    blobs: ReadonlyMap<Digest, BlobLook>,
    { explained, blind }: Excavation,
  ): Promise<Map<Digest, StrayLink>> {
    const links = await this.listed(() => this.#store.listLayerLinks())
    this.layerLinks = links.length
    const questions = links
      .filter((digest) => !blobs.has(digest) && !explained.has(digest) && !this.manifests.has(digest))
      .filter((digest) => !this.#targets.has(digest))
      .map((digest) => ({ digest, sizes: [], prove: false, stray: true }))
    const strays = new Map<Digest, StrayLink>()
    const answers = await this.#store.probeBlobs(questions)
    for (const [n, { digest }] of questions.entries()) {
      const answer = answers[n]
      const stray = answer && strayOf(digest, answer)
      if (stray && !(blind && stray.is === 'orphan')) strays.set(digest, stray)
    }
    return strays
  }

  /** What a listing found, in an order that two walks share; a listing that failed is a place that could not be read. */
  async listed<T extends string>(list: () => Promise<Listing<T> | undefined>): Promise<readonly T[]> {
    try {
      const listing = await list()
      const places = listing?.unreadable ?? []
      this.unreadable.push(...[...places].sort((a, b) => compareText(a.place, b.place)))
      return [...(listing?.found ?? [])].sort(compareText)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.unreadable.push({ place: error.place, because: error.code, detail: error.message })
      return []
    }
  }
}

function sizesOf({ size }: Descriptor): number[] {
  return size === undefined ? [] : [size]
}

/** The sizes that manifests claim of each config and layer they name. */
function claimedSizes(looks: Iterable<ManifestLook>): Map<Digest, number[]> {
  const claims = new Map<Digest, number[]>()
  const claim = (digest: Digest, size: number | undefined): void => {
    const sizes = claims.get(digest)
    if (sizes === undefined) claims.set(digest, size === undefined ? [] : [size])
    else if (size !== undefined && !sizes.includes(size)) sizes.push(size)
  }
  for (const look of looks) {
    if (look.is !== 'read' || look.manifest.is === 'index') continue
    if (look.manifest.is === 'image') claim(look.manifest.config.digest, look.manifest.config.size)
    for (const layer of look.manifest.layers) claim(layer.digest, layer.size)
  }
  return claims
}

function strayOf(digest: Digest, answer: Answer<BlobAnswer>): StrayLink | undefined {
  if (answer instanceof StoreError) return uncheckedBy(answer)
  if (answer.is === 'present')
    return isWrongLink(digest, answer.target)
      ? { is: 'invalid', cause: 'wrong-link', evidence: { ...answer.evidence, linkNames: answer.target } }
      : undefined
  switch (answer.cause) {
    case 'layer-link-invalid':
      return { is: 'invalid', cause: answer.cause, evidence: answer.evidence }
    case 'blob-missing':
      return { is: 'orphan', evidence: answer.evidence }
    case 'layer-link-missing':
    case 'not-served':
      return undefined
  }
}
