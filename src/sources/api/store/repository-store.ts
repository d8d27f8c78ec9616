import { createHash } from 'node:crypto'
import type { Claimed } from '../../../check/judge/two-views.ts'
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
import { type Digest, digestOf, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import { isManifestType, MANIFEST_TYPES, mediaTypeIn } from '../../../oci/media-type.ts'
import { isTagName, type TagName } from '../../../oci/names.ts'
import { signedPayload } from '../../../oci/signed-payload.ts'
import type { Question, RegistryClient } from '../client/client.ts'
import { isMissing, refusal } from '../client/refusal.ts'
import { isWebPage, webPage } from '../client/web-page.ts'
import { Body } from '../http/body-buffer.ts'
import type { Head } from '../http/transport.ts'
import { toldNames } from '../listing/listing-page.ts'
import { pages } from '../listing/pages.ts'
import { answering, answers } from './answer-all.ts'
import { BlobProbe } from './blob-probe.ts'
import type { ManifestCache } from './manifest-cache.ts'
import { contentTypeOf, ManifestHeads } from './manifest-heads.ts'
import { servesBlob } from './serves-blob.ts'

const ACCEPT = { accept: MANIFEST_TYPES.join(', ') }
/** What is accepted before a manifest is called missing: some registries say that they lack what was not accepted. */
const ACCEPT_ALL = { accept: [...MANIFEST_TYPES, '*/*'].join(', ') }
/** How a registry refuses to be asked like that. */
const NOT_ACCEPTABLE: ReadonlySet<number> = new Set([400, 406])

/** How one repository is asked. */
export interface Asking {
  /** Whether every byte is fetched and hashed. */
  readonly content: boolean
  /** Whether the operator asked for it by name, so that it must be there. */
  readonly named: boolean
  /** Past every memo. */
  readonly again: boolean
  readonly cache: ManifestCache | undefined
  readonly signal: AbortSignal
}

/** One repository, asked over the distribution API. It cannot tell what links there are, only what is served. */
export class ApiRepository implements RepositoryStore {
  readonly #repository: string
  readonly #client: RegistryClient
  readonly #signal: AbortSignal
  readonly #probe: BlobProbe
  readonly #named: boolean
  readonly #again: boolean
  readonly #content: boolean
  readonly #cache: ManifestCache | undefined
  readonly #heads = new ManifestHeads()

  constructor(repository: string, client: RegistryClient, options: Asking) {
    this.#repository = repository
    this.#client = client
    this.#signal = options.signal
    this.#probe = new BlobProbe(client, (digest, headers) => this.#blob(digest, headers), options)
    this.#named = options.named
    this.#again = options.again
    this.#content = options.content
    this.#cache = options.cache
  }

  async listTags(): Promise<Listing<TagName>> {
    const first: Question = this.#question('GET', 'tags/list')
    const wanted = { field: 'tags', repository: this.#repository, signal: this.#signal } as const
    const { names, odd, answer, ended } = await pages(this.#client, first, wanted)
    const place = this.#client.url(first.path).href
    const hasNone = isMissing(answer, this.#client.url(''))
    // The catalog may list a repository that has lost its last tag, and that answers as if it had never been.
    if (hasNone && this.#named)
      throw new StoreError('answered 404: there is no such repository, or it has no tags', {
        code: 'STORE_READ_FAILED',
        place,
      })
    if (answer.status !== 200 && !hasNone) throw refusal(answer, place, this.#client.tried)
    // Nexus lists digests among the tags.
    const refused = [
      ...names.filter((name) => !isTagName(name) && !isDigest(name)).map((name) => JSON.stringify(name)),
      ...odd,
    ]
    const unreadable = toldNames(refused, 'a tag').map(
      (detail) => ({ place, because: 'STORE_MALFORMED', detail }) as const,
    )
    return {
      found: names.filter(isTagName),
      unreadable:
        ended === undefined ? unreadable : [...unreadable, { place, because: ended.code, detail: ended.message }],
    }
  }

  async listRevisions(): Promise<undefined> {
    return undefined
  }

  async listLayerLinks(): Promise<undefined> {
    return undefined
  }

  resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    return answers(tags, (tag) => this.#resolveTag(tag))
  }

  /** HEAD, because to some registries a GET is a pull; some of them know HEAD badly, and a GET decides. */
  async #resolveTag(tag: TagName): Promise<TagAnswer> {
    const head = this.#question('HEAD', `manifests/${tag}`, ACCEPT)
    const { status, headers } = await this.#client.ask(head, this.#signal)
    const told = headers['docker-content-digest'] ?? tag
    if (status === 200 && typeof told === 'string' && isDigest(told)) {
      this.#heads.saw(told, headers)
      return { is: 'resolved', digest: told }
    }
    const got = await this.#manifest(tag)
    const url = this.#client.url(head.path).href
    if (got.is === 'absent') return { is: 'dangling', cause: 'not-served', evidence: { url, status: 404 } }
    if (got.is === 'too-large')
      throw new StoreError('sends a manifest over the size limit without its digest', {
        code: 'STORE_MALFORMED',
        place: url,
      })
    const named = got.headers['docker-content-digest']
    if (typeof named === 'string' && isDigest(named)) return { is: 'resolved', digest: named }
    return { is: 'resolved', digest: digestOf('sha256', createHash('sha256').update(got.bytes).digest('hex')) }
  }

  readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    return answers(digests, (digest) => this.#readManifest(digest))
  }

  async #readManifest(digest: Digest): Promise<ManifestAnswer> {
    const evidence = { url: this.#client.url(this.#path(`manifests/${digest}`)).href }
    // At depth content every byte is to be hashed: what an earlier run has hashed says nothing about what is served now.
    const known = this.#again || this.#content ? undefined : await this.#cache?.get(digest)
    const type = known && (await this.#stillServes(digest, known))
    if (known !== undefined && type !== undefined)
      return {
        is: 'served',
        bytes: known,
        target: digest,
        linkedAsLayer: false,
        remembered: true,
        servedByRegistry: true,
        labels: this.#heads.labels(digest, type),
        evidence,
      }
    const got = await this.#manifest(digest)
    if (got.is === 'absent') return { is: 'absent', cause: 'not-served', evidence: { ...evidence, status: 404 } }
    if (got.is === 'too-large') return { ...got, target: digest, linkedAsLayer: false, evidence }
    const isRight = hashOf(got.bytes, digest) === digest
    if (isRight && known === undefined) await this.#cache?.put(digest, got.bytes)
    // Schema 1 is signed anew for each answer: the digest is that of what is signed.
    const bytes = isRight ? got.bytes : (signedPayload(got.bytes) ?? got.bytes)
    const labels = this.#heads.labels(digest, contentTypeOf(got.headers))
    return { is: 'served', bytes, target: digest, linkedAsLayer: false, servedByRegistry: true, labels, evidence }
  }

  /**
   * HEAD, and never a conditional GET: the answer to that is 304 even for a manifest whose file is gone. Any answer but a
   * plain yes is left to a GET.
   * @returns the type that it is served as
   * @see distribution 2.8 and 3.0, `manifestHandler.GetManifest`: `If-None-Match` is compared before the file is opened
   */
  async #stillServes(digest: Digest, known: Uint8Array): Promise<string | undefined> {
    const { status, headers } = await this.#client.ask(
      this.#question('HEAD', `manifests/${digest}`, ACCEPT),
      this.#signal,
    )
    const { 'docker-content-digest': named, 'content-length': length } = headers
    // Who names neither may be anybody, such as the login page that a redirect leads to.
    const saysWhich = named !== undefined || length !== undefined
    const isRight = (named ?? digest) === digest && (length ?? String(known.byteLength)) === String(known.byteLength)
    const type = contentTypeOf(headers)
    return status === 200 && saysWhich && isRight && isManifestType(mediaTypeIn(type)) ? type : undefined
  }

  /** A manifest that only our own `Accept` hid is not missing, so a second question accepts anything. */
  async #manifest(reference: string): Promise<GotManifest> {
    const got = await this.#get(reference, ACCEPT)
    return got.is === 'absent' ? this.#get(reference, ACCEPT_ALL) : got
  }

  async #get(reference: string, headers: Readonly<Record<string, string>>): Promise<GotManifest> {
    const body = new Body(MANIFEST_LIMIT)
    const question = { ...this.#question('GET', `manifests/${reference}`, headers), open: body.open }
    const answer = await this.#client.ask(question, this.#signal)
    const place = this.#client.url(question.path).href
    if (isMissing(answer, this.#client.url(''))) return { is: 'absent' }
    if (headers === ACCEPT_ALL && NOT_ACCEPTABLE.has(answer.status)) return { is: 'absent' }
    if (answer.status !== 200) throw refusal(answer, place, this.#client.tried)
    if (body.isTooLong) return { is: 'too-large', bytes: body.length }
    if (isWebPage(answer)) throw webPage('manifest', place)
    return { is: 'served', bytes: body.bytes, headers: answer.headers }
  }

  /** Over the API nothing can be seen of what is not served. */
  async readRemains(): Promise<undefined> {
    return undefined
  }

  async readConfig(digest: Digest): Promise<Uint8Array | undefined> {
    if (hashAlgorithmOf(digest) === undefined) return undefined
    const body = new Body(MANIFEST_LIMIT)
    const answer = await answering(() => this.#client.ask({ ...this.#blob(digest, {}), open: body.open }, this.#signal))
    if (answer instanceof StoreError || answer.status !== 200 || answer.end !== 'whole') return undefined
    return hashOf(body.bytes, digest) === digest ? body.bytes : undefined
  }

  probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    return answers(questions, (question) => this.#probe.ask(question))
  }

  /** Whether the registry says that it has a thing; that may be the word of its cache. @throws {StoreError} */
  async claims({ kind, reference }: Claimed): Promise<boolean> {
    const question = this.#question('HEAD', `${kind}/${reference}`, kind === 'manifests' ? ACCEPT : {})
    const answer = await this.#client.ask(question, this.#signal)
    if (answer.status === 200 && !isWebPage(answer)) return true
    // The answer to HEAD has no body that would say whose 404 it is.
    if (answer.status !== 404 && answer.status !== 200)
      throw refusal(answer, this.#client.url(question.path).href, this.#client.tried)
    if (kind === 'manifests') return (await this.#manifest(reference)).is !== 'absent'
    return servesBlob(this.#client, this.#question('GET', `blobs/${reference}`), this.#signal)
  }

  #blob(digest: Digest, headers: Readonly<Record<string, string>>): Question {
    return this.#question('GET', `blobs/${digest}`, headers)
  }

  #question(method: 'GET' | 'HEAD', what: string, headers: Readonly<Record<string, string>> = {}): Question {
    return {
      method,
      path: this.#path(what),
      scope: `repository:${this.#repository}:pull`,
      headers,
      mayLieElsewhere: true,
    }
  }

  #path(what: string): string {
    return `v2/${this.#repository}/${what}`
  }
}

type GotManifest =
  | { readonly is: 'served'; readonly bytes: Uint8Array; readonly headers: Head['headers'] }
  | { readonly is: 'absent' }
  | { readonly is: 'too-large'; readonly bytes: number }
