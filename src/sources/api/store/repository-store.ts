import type { Claimed } from '../../../check/against/views.ts'
import type {
  Answer,
  BlobAnswer,
  BlobQuestion,
  Listing,
  ManifestAnswer,
  RepositoryStore,
  TagAnswer,
} from '../../../check/ports.ts'
import { MANIFEST_LIMIT } from '../../../check/rules.ts'
import { StoreError } from '../../../check/store-error.ts'
import { hashOf } from '../../../check/walk/measure.ts'
import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import { isTagName, type TagName } from '../../../oci/names.ts'
import { isWebPage } from '../client/web-page.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import { describeInvalidNames } from '../listing/invalid-names.ts'
import { listNames } from '../listing/pages.ts'
import { answerAll, orStoreError } from './answer-all.ts'
import { BlobProbe } from './blob-probe.ts'
import type { ManifestCache } from './manifest-cache.ts'
import { ACCEPT, ManifestReader } from './manifest-reader.ts'
import { ReferrersList } from './referrers-list.ts'
import type { RepositoryClient } from './repository-client.ts'
import { servesBlob } from './serves-blob.ts'

/** How to read one repository. */
export interface ReadOptions {
  /** Whether to fetch and hash every byte. */
  readonly content: boolean
  /** Whether the operator named the repository, so that it must exist. */
  readonly named: boolean
  /** Whether to read past every cache. */
  readonly again: boolean
  readonly cache: ManifestCache | undefined
}

/** One repository, read over the distribution API. It sees only what is served, never links. */
export class ApiRepositoryStore implements RepositoryStore {
  readonly #repository: RepositoryClient
  readonly #manifests: ManifestReader
  readonly #blobs: BlobProbe
  readonly #referrers: ReferrersList
  readonly #named: boolean

  constructor(repository: RepositoryClient, { content, named, again, cache }: ReadOptions) {
    this.#repository = repository
    // At depth content every byte is hashed: a cached body says nothing about the bytes that are served now.
    this.#manifests = new ManifestReader(repository, { cache, mayUseCached: !again && !content })
    this.#blobs = new BlobProbe(repository, content)
    this.#referrers = new ReferrersList(repository)
    this.#named = named
  }

  async listTags(): Promise<Listing<TagName>> {
    const request = this.#repository.request('GET', 'tags/list')
    const { client, repository, signal } = this.#repository
    const { names, odd, response, incomplete } = await listNames(client, request, { field: 'tags', repository, signal })
    const place = this.#repository.url(request)
    const hasNone = this.#repository.isMissing(response)
    // The catalog may list a repository without tags, for which distribution answers 404.
    if (hasNone && this.#named)
      throw new StoreError('answered 404: the repository does not exist, or has no tags', {
        code: 'STORE_READ_FAILED',
        place,
      })
    if (response.status !== 200 && !hasNone) throw this.#repository.refusal(request, response)
    const unreadable = describeInvalidNames([...invalidTags(names), ...odd], 'a tag').map(
      (detail) => ({ place, because: 'STORE_MALFORMED', detail }) as const,
    )
    const rest = incomplete === undefined ? [] : [{ place, because: incomplete.code, detail: incomplete.message }]
    return { found: names.filter(isTagName), unreadable: [...unreadable, ...rest] }
  }

  async listRevisions(): Promise<undefined> {
    return undefined
  }

  async listLayerLinks(): Promise<undefined> {
    return undefined
  }

  listReferrers(digests: readonly Digest[]): Promise<readonly Answer<Listing<Digest>>[]> {
    return this.#referrers.list(digests)
  }

  resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    return answerAll(tags, (tag) => this.#manifests.resolveTag(tag))
  }

  readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    return answerAll(digests, (digest) => this.#manifests.read(digest))
  }

  async readRemains(): Promise<undefined> {
    return undefined
  }

  async readConfig(digest: Digest): Promise<Uint8Array | undefined> {
    if (hashAlgorithmOf(digest) === undefined) return undefined
    const body = new BodyBuffer(MANIFEST_LIMIT)
    const request = { ...this.#repository.request('GET', `blobs/${digest}`), sink: body.open }
    const response = await orStoreError(() => this.#repository.send(request))
    if (response instanceof StoreError || response.status !== 200 || response.end !== 'whole') return undefined
    return hashOf(body.bytes, digest) === digest ? body.bytes : undefined
  }

  probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    return answerAll(questions, (question) => this.#blobs.probe(question))
  }

  /** Whether one blob can be fetched, of whatever size. */
  probeBlob(digest: Digest): Promise<Answer<BlobAnswer>> {
    return orStoreError(() => this.#blobs.probe({ digest, sizes: [], prove: false }))
  }

  /** Whether the registry claims to have a manifest or blob, possibly from its cache. @throws {StoreError} */
  async claims({ kind, reference }: Claimed): Promise<boolean> {
    const request = this.#repository.request('HEAD', `${kind}/${reference}`, kind === 'manifests' ? ACCEPT : {})
    const response = await this.#repository.send(request)
    if (response.status === 200 && !isWebPage(response)) return true
    if (response.status !== 404 && response.status !== 200) throw this.#repository.refusal(request, response)
    // A 404 to HEAD has no body that would show who sent it.
    return kind === 'manifests' ? this.#manifests.isServed(reference) : servesBlob(this.#repository, reference)
  }
}

/** As JSON. Nexus lists digests among the tags, which are skipped. */
function invalidTags(names: readonly string[]): readonly string[] {
  return names.filter((name) => !isTagName(name) && !isDigest(name)).map((name) => JSON.stringify(name))
}
