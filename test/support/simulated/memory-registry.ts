import type {
  Answer,
  BlobAnswer,
  BlobQuestion,
  Listing,
  ManifestAnswer,
  Remains,
  RepositoryStore,
  TagAnswer,
} from '../../../src/check/ports.ts'
import { MANIFEST_LIMIT } from '../../../src/check/rules.ts'
import { StoreError, type StoreErrorCode } from '../../../src/check/store-error.ts'
import { hashOf, isWrongLink } from '../../../src/check/walk/measure.ts'
import { type Digest, hashAlgorithmOf, parseDigest } from '../../../src/oci/digest.ts'
import { isTagName, type TagName } from '../../../src/oci/names.ts'
import { digestWithin } from '../../../src/sources/distribution/repository/tag-history.ts'
import { type BlobNode, digestOf, type ManifestNode } from '../builders/images.ts'
import { type StoragePaths, storagePaths } from '../builders/storage-paths.ts'
import { answering } from './answering.ts'
import { digestsIn, type ReadLink, readLink, type StoredLink, type StoredRepository } from './stored-link.ts'

/**
 * A registry's storage in memory, honest about what a distribution 2.8 server would make of it: nothing is remembered
 * between two questions, so what a test changes is seen at the next one.
 */
export class MemoryRegistry {
  /** Where evidence says that things are. */
  readonly at: StoragePaths = storagePaths('/memory')
  readonly blobs: Map<string, Uint8Array | 'a directory'> = new Map()
  readonly repositories: Map<string, StoredRepository> = new Map()
  /** By path: what cannot be read, and why not. */
  readonly unreadable: Map<string, StoreErrorCode> = new Map()

  /** The links of a repository, which begins to exist when it is asked for. */
  repository(name: string): StoredRepository {
    const known = this.repositories.get(name)
    if (known) return known
    const fresh: StoredRepository = { tags: new Map(), revisions: new Map(), layers: new Map() }
    this.repositories.set(name, fresh)
    return fresh
  }

  /** Push as a client does: what a node needs first, then the node, then the tag. */
  push(name: string, node: ManifestNode, tag?: string): Digest {
    if (node.kind === 'index') for (const child of node.children) this.push(name, child)
    else for (const blob of [node.config, ...node.layers]) this.pushBlob(name, blob)
    return this.putManifest(name, node.bytes, tag)
  }

  pushBlob(name: string, { descriptor, bytes, absent }: BlobNode): void {
    if (!absent) this.putBlob(name, bytes, descriptor.digest)
  }

  /** Whatever the algorithm of the name, the bytes are stored under sha256, and linked by both names. */
  putBlob(name: string, bytes: Uint8Array, digest: string = digestOf(bytes)): Digest {
    const target = digestOf(bytes)
    this.blobs.set(target, bytes)
    this.repository(name).layers.set(digest, target).set(target, target)
    return parseDigest(digest)
  }

  putManifest(name: string, bytes: Uint8Array, tag?: string): Digest {
    const digest = digestOf(bytes)
    this.blobs.set(digest, bytes)
    this.repository(name).revisions.set(digest, digest)
    if (tag !== undefined) this.repository(name).tags.set(tag, digest)
    return parseDigest(digest)
  }

  /** @param options.proves whether bytes of the right size are hashed too, as depth `content` asks for */
  store(name: string, options: { readonly proves?: boolean } = {}): MemoryStore {
    return new MemoryStore(this, name, options.proves ?? false)
  }

  /** @throws {StoreError} */
  requireReadable(path: string): void {
    const code = this.unreadable.get(path)
    if (code !== undefined) throw new StoreError('was not to be had', { code, place: path })
  }
}

/** One repository of a {@link MemoryRegistry}, and a record of what was asked about it. */
export class MemoryStore implements RepositoryStore {
  readonly asked: { tags: string[]; manifests: string[]; remains: string[]; blobs: string[] } = {
    tags: [],
    manifests: [],
    remains: [],
    blobs: [],
  }
  readonly #registry: MemoryRegistry
  readonly #name: string
  readonly #proves: boolean

  constructor(registry: MemoryRegistry, name: string, proves: boolean) {
    this.#registry = registry
    this.#name = name
    this.#proves = proves
  }

  async listTags(): Promise<Listing<TagName>> {
    this.#registry.requireReadable(`${this.#home}/_manifests/tags`)
    const names: string[] = [...this.#links.tags.keys()]
    return { found: names.filter((name) => isTagName(name)), unreadable: [] }
  }

  async listRevisions(): Promise<Listing<Digest>> {
    this.#registry.requireReadable(`${this.#home}/_manifests/revisions`)
    return { found: digestsIn(this.#links.revisions), unreadable: [] }
  }

  async listLayerLinks(): Promise<Listing<Digest>> {
    this.#registry.requireReadable(`${this.#home}/_layers`)
    return { found: digestsIn(this.#links.layers), unreadable: [] }
  }

  async resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    this.asked.tags.push(...tags)
    return tags.map((tag) => answering(() => this.#resolve(tag)))
  }

  async readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    this.asked.manifests.push(...digests)
    return digests.map((digest) => answering(() => this.#manifest(digest)))
  }

  async hashManifest(digest: Digest, target: Digest): Promise<Answer<Digest | undefined>> {
    return answering(() => {
      const bytes = this.#bytes(target)
      return bytes instanceof Uint8Array ? hashOf(bytes, digest) : undefined
    })
  }

  async readRemains(digest: Digest): Promise<Answer<Remains | undefined>> {
    this.asked.remains.push(digest)
    return answering(() => {
      const bytes = this.#bytes(digest)
      return bytes instanceof Uint8Array ? { bytes, place: this.#registry.at.data(digest) } : undefined
    })
  }

  async probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    this.asked.blobs.push(...questions.map(({ digest }) => digest))
    return questions.map((question) => answering(() => this.#probe(question)))
  }

  #resolve(tag: TagName): TagAnswer {
    const path = this.#registry.at.tagLink(this.#name, tag)
    const link = this.#read(path, this.#links.tags.get(tag))
    if (link.is === 'gone') return { is: 'gone' }
    if (link.is === 'missing') return { is: 'dangling', cause: 'link-missing', evidence: { path } }
    if (link.is === 'names') return { is: 'resolved', digest: link.digest }
    const lastPushed = digestWithin(link.content)
    const evidence = { path, content: link.content, ...(lastPushed !== undefined && { lastPushed }) }
    return { is: 'dangling', cause: 'link-invalid', evidence }
  }

  #manifest(digest: Digest): ManifestAnswer {
    const path = this.#registry.at.revisionLink(this.#name, digest)
    const link = this.#read(path, this.#links.revisions.get(digest))
    if (link.is === 'names') return this.#linked(digest, link.digest, { link: path, linkedAsLayer: false })
    if (link.is === 'invalid')
      return { is: 'absent', cause: 'revision-link-invalid', evidence: { path, content: link.content } }
    const asLayer = this.#registry.at.layerLink(this.#name, digest)
    const layer = this.#read(asLayer, this.#links.layers.get(digest))
    if (layer.is === 'names') return this.#linked(digest, layer.digest, { link: asLayer, linkedAsLayer: true })
    const revisionDirectory = link.is === 'missing' ? 'empty' : 'gone'
    return { is: 'absent', cause: 'revision-link-missing', evidence: { path, revisionDirectory } }
  }

  #linked(
    digest: Digest,
    target: Digest,
    { link, linkedAsLayer }: { readonly link: string; readonly linkedAsLayer: boolean },
  ): ManifestAnswer {
    const evidence = { link, path: this.#registry.at.data(target) }
    const bytes = this.#bytes(target)
    if (bytes === undefined || bytes === 'a directory') {
      const own = { ...evidence, ...this.#ownPath(digest, target), ...(bytes !== undefined && { dataIs: bytes }) }
      return { is: 'absent', cause: 'manifest-missing', evidence: own }
    }
    if (bytes.byteLength > MANIFEST_LIMIT)
      return { is: 'too-large', bytes: bytes.byteLength, target, linkedAsLayer, evidence }
    return { is: 'served', bytes, target, linkedAsLayer, evidence: { ...evidence, ...this.#ownPath(digest, target) } }
  }

  /** Where the bytes would be, had the link named the right ones. */
  #ownPath(digest: Digest, target: Digest): { readonly ownPath?: string } {
    return isWrongLink(digest, target) ? { ownPath: this.#registry.at.data(digest) } : {}
  }

  /** Whether the bytes are there as far as this depth tells, whatever a link says. */
  #isStored({ digest, sizes }: BlobQuestion): boolean {
    const bytes = this.#bytes(digest)
    if (!(bytes instanceof Uint8Array) || (sizes.length > 0 && !sizes.includes(bytes.byteLength))) return false
    return !this.#proves || hashOf(bytes, digest) === digest
  }

  #probe(question: BlobQuestion): BlobAnswer {
    const { digest, sizes, prove } = question
    const link = this.#registry.at.layerLink(this.#name, digest)
    const read = this.#read(link, this.#links.layers.get(digest))
    if (read.is !== 'names') {
      const stored = this.#bytes(digest)
      const blobStored = stored instanceof Uint8Array
      const evidence = {
        path: link,
        blobStored,
        ...(blobStored && prove && !this.#isStored(question) && { blobDamaged: true }),
        ...(stored === 'a directory' && { dataIs: stored }),
        blobPath: this.#registry.at.data(digest),
      }
      if (read.is !== 'invalid') return { is: 'absent', cause: 'layer-link-missing', evidence }
      return { is: 'absent', cause: 'layer-link-invalid', evidence: { ...evidence, content: read.content } }
    }
    const target = read.digest
    const own = isWrongLink(digest, target)
      ? { ...this.#ownPath(digest, target), ownStored: this.#isStored(question) }
      : {}
    const evidence = { link, path: this.#registry.at.data(target), ...own }
    const stored = this.#bytes(target)
    if (stored === undefined) return { is: 'absent', cause: 'blob-missing', evidence, target }
    if (stored === 'a directory')
      return { is: 'absent', cause: 'blob-missing', evidence: { ...evidence, dataIs: stored }, target }
    const bytes = stored.byteLength
    const hashed = prove && (this.#proves || sizes.some((size) => size !== bytes))
    const algorithm = hashAlgorithmOf(digest)
    if (!hashed || algorithm === undefined || algorithm === 'sha384')
      return { is: 'present', bytes, target, measured: undefined, evidence }
    return { is: 'present', bytes, target, measured: parseDigest(digestOf(stored, algorithm)), evidence }
  }

  #bytes(digest: Digest): Uint8Array | 'a directory' | undefined {
    this.#registry.requireReadable(this.#registry.at.data(digest))
    return this.#registry.blobs.get(digest)
  }

  #read(path: string, link: StoredLink | undefined): ReadLink {
    this.#registry.requireReadable(path)
    return readLink(link)
  }

  get #home(): string {
    return this.#registry.at.repository(this.#name)
  }

  get #links(): StoredRepository {
    return this.#registry.repository(this.#name)
  }
}
