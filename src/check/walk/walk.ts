import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, hashAlgorithmOf } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import type { TagName } from '../../oci/names.ts'
import { isPlatform, platformInConfig } from '../../oci/platform.ts'
import { compareText } from '../compare-text.ts'
import type { Answer, BlobAnswer, BlobQuestion, Listing, RepositoryStore, Unreadable } from '../ports.ts'
import { NESTING_LIMIT, type Rules } from '../rules.ts'
import { StoreError } from '../store-error.ts'
import { BlobChildren } from './blob-children.ts'
import type { BlobLook, Graph, ManifestLook, StrayLink, TagLook } from './graph.ts'
import { LargeManifests } from './large-manifests.ts'
import { isWrongLink, measureBlob, measureManifest, uncheckedBy } from './measure.ts'
import { spareClaimedTypes } from './served-type.ts'
import { unnamedDamage } from './unnamed-damage.ts'
import { Excavation } from './unserved-manifests.ts'

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
  spareClaimedTypes(seen.manifests)
  seen.sortChildren(tags)
  const blobs = rules.depth === 'graph' ? await seen.presence() : await seen.blobs()
  await seen.judgeLarge()
  const excavation = await seen.excavate(tags)
  const { below } = excavation
  const strayLinks = rules.depth === 'graph' ? new Map<Digest, StrayLink>() : await seen.strays(blobs, excavation)
  const { manifests, unreadable, layerLinks } = seen
  const known = { tags, manifests, blobs, below }
  const unnamed = rules.depth === 'graph' ? [] : await unnamedDamage(store, layerLinks, known)
  const graph = { repository, ...known, strayLinks, layerLinks: layerLinks.length, unnamed, unreadable }
  return rules.platform === undefined ? graph : { ...graph, configPlatforms: await seen.configPlatforms(tags) }
}

class Walk {
  readonly manifests = new Map<Digest, ManifestLook>()
  readonly unreadable: Unreadable[] = []
  layerLinks: readonly Digest[] = []
  /** Documents that could be parsed though they are not believed: they explain what lies below. */
  readonly #suspect: Manifest[] = []
  readonly #blobChildren = new BlobChildren()
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
    const plain = level.filter((digest) => !this.#blobChildren.mayBeBlob(digest))
    for (let n = 0; n < plain.length; n += BATCH) yield plain.slice(n, n + BATCH)
    const opaque = plain.length === level.length ? [] : level.filter((digest) => this.#blobChildren.mayBeBlob(digest))
    for (let n = 0; n < opaque.length; n += OPAQUE_BATCH) yield opaque.slice(n, n + OPAQUE_BATCH)
  }

  async #read(digests: readonly Digest[], children: Digest[]): Promise<void> {
    const answers = await this.#store.readManifests(digests)
    for (const [n, digest] of digests.entries()) {
      const answer = answers[n]
      if (answer === undefined) continue
      if ('is' in answer && answer.is === 'too-large') this.#large.add(digest, answer)
      if (!(answer instanceof StoreError) && answer.is === 'served' && answer.linkedAsLayer)
        this.#blobChildren.sawLayerLink(digest)
      const { look, document } = measureManifest(digest, answer)
      this.manifests.set(digest, look)
      if (look.is !== 'read') {
        if (document) this.#suspect.push(document)
      } else if (look.manifest.is === 'index') {
        for (const child of look.manifest.children)
          if (this.#isWanted(child) && this.#blobChildren.take(child)) children.push(child.digest)
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

  sortChildren(tags: ReadonlyMap<TagName, TagLook>): void {
    this.#blobChildren.sort(tags, this.manifests)
  }

  /** At depth `graph` blobs are not looked at, but what may be one is not called a missing manifest. */
  async presence(): Promise<Map<Digest, BlobLook>> {
    const questions = [...this.#blobChildren.claims()].map(([digest]) => ({ digest, sizes: [], prove: false }))
    for (const [{ digest }, answer] of pairs(questions, await this.#store.probeBlobs(questions)))
      this.#blobChildren.isBlob(digest, measureBlob({ digest, sizes: [], prove: false }, answer), this.manifests)
    return new Map()
  }

  judgeLarge(): Promise<void> {
    return this.#large.judge(this.#store, this.manifests)
  }

  async blobs(): Promise<Map<Digest, BlobLook>> {
    const blobs = new Map<Digest, BlobLook>()
    const needs = claimedSizes(this.manifests.values())
    const ofChildren = [...this.#blobChildren.claims()]
    const claims = ofChildren.length === 0 ? needs : new Map(needs)
    for (const [digest, sizes] of ofChildren) claims.set(digest, new Set([...(needs.get(digest) ?? []), ...sizes]))
    const questions: BlobQuestion[] = []
    for (const [digest, sizes] of claims) {
      if (hashAlgorithmOf(digest) === undefined) blobs.set(digest, { is: 'skipped', because: 'ALGORITHM_UNKNOWN' })
      else questions.push({ digest, sizes: Array.isArray(sizes) ? sizes : [...sizes], prove: true })
    }
    const lost: Digest[] = []
    const answers = await this.#store.probeBlobs(questions)
    for (const [n, question] of questions.entries()) {
      const answer = answers[n]
      if (answer === undefined) continue
      const { digest } = question
      const look = measureBlob(question, answer)
      if (!this.#blobChildren.isBlob(digest, look, this.manifests, needs.has(digest))) continue
      if (!needs.has(digest) && this.#blobChildren.isLost(digest, look)) lost.push(digest)
      blobs.set(digest, look)
      if (!(answer instanceof StoreError) && answer.target !== undefined) this.#targets.add(answer.target)
    }
    await this.#readAsManifests(lost, blobs)
    return blobs
  }

  /** Blobs by the word of an index that are not there as blobs: some are there as manifests. */
  async #readAsManifests(lost: readonly Digest[], blobs: Map<Digest, BlobLook>): Promise<void> {
    for (let n = 0; n < lost.length; n += OPAQUE_BATCH) {
      const batch = lost.slice(n, n + OPAQUE_BATCH)
      await this.#read(batch, [])
      for (const digest of batch) {
        const look = this.manifests.get(digest)
        if (look?.is === 'read' || (look?.is === 'damaged' && look.refused)) blobs.delete(digest)
        else this.manifests.delete(digest)
        if (look?.is === 'damaged' && look.refused)
          this.manifests.set(digest, { is: 'opaque', bytes: Number(look.evidence.measuredSize) })
      }
    }
  }

  async excavate(tags: ReadonlyMap<TagName, TagLook>): Promise<Excavation> {
    const excavation = new Excavation(this.#store, this.manifests)
    for (const document of this.#suspect) {
      excavation.explain(document)
      if (document.is === 'index')
        for (const { digest } of document.children)
          if (this.manifests.get(digest)?.is !== 'read') await excavation.dig(digest)
    }
    for (const [digest, look] of this.manifests)
      if (look.is === 'absent' || (look.is === 'damaged' && look.cause === 'wrong-link')) await excavation.dig(digest)
    for (const look of tags.values()) {
      const lost = look.is === 'dangling' ? look.evidence.lastPushed : undefined
      if (lost !== undefined && this.manifests.get(lost)?.is !== 'read') await excavation.dig(lost)
    }
    return excavation
  }

  /** Layer links that nothing names, and that lead nowhere. */
  async strays(
    blobs: ReadonlyMap<Digest, BlobLook>,
    { explained, blind }: Excavation,
  ): Promise<Map<Digest, StrayLink>> {
    this.layerLinks = await this.listed(() => this.#store.listLayerLinks())
    const questions = this.layerLinks
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
      for (const place of [...places].sort((a, b) => compareText(a.place, b.place))) this.unreadable.push(place)
      return [...(listing?.found ?? [])].sort(compareText)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.unreadable.push({ place: error.place, because: error.code, detail: error.message })
      return []
    }
  }
}

function* pairs<Q, A>(questions: readonly Q[], answers: readonly A[]): Generator<readonly [Q, A]> {
  for (const [n, question] of questions.entries()) {
    const answer = answers[n]
    if (answer !== undefined) yield [question, answer]
  }
}

/** Nearly always one: a set for each blob would cost more than all of its sizes. */
type Sizes = number[] | Set<number>
const FEW_SIZES = 8

/** The sizes that manifests claim of each config and layer they name. */
function claimedSizes(looks: Iterable<ManifestLook>): Map<Digest, Sizes> {
  const claims = new Map<Digest, Sizes>()
  const claim = ({ digest, size }: Descriptor): void => {
    const sizes = claims.get(digest)
    if (sizes === undefined) claims.set(digest, size === undefined ? [] : [size])
    else if (size === undefined) return
    else if (!Array.isArray(sizes)) sizes.add(size)
    else if (sizes.includes(size)) return
    else if (sizes.length < FEW_SIZES) sizes.push(size)
    else claims.set(digest, new Set([...sizes, size]))
  }
  for (const look of looks) {
    if (look.is !== 'read' || look.manifest.is === 'index') continue
    if (look.manifest.is === 'image') claim(look.manifest.config)
    for (const layer of look.manifest.layers) claim(layer)
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
