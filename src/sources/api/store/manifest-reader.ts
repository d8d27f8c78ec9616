import { createHash } from 'node:crypto'
import type { ManifestAnswer, TagAnswer } from '../../../check/ports.ts'
import { MANIFEST_LIMIT } from '../../../check/rules.ts'
import { StoreError } from '../../../check/store-error.ts'
import { hashOf } from '../../../check/walk/measure.ts'
import { type Digest, digestOf, isDigest } from '../../../oci/digest.ts'
import { isManifestType, MANIFEST_TYPES, mediaTypeIn } from '../../../oci/media-type.ts'
import type { TagName } from '../../../oci/names.ts'
import { signedPayload } from '../../../oci/signed-payload.ts'
import { isWebPage, WebPageError } from '../client/web-page.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import type { ResponseHead } from '../http/http-request.ts'
import { contentTypeOf, HeadLabels } from './head-labels.ts'
import type { ManifestCache } from './manifest-cache.ts'
import type { RepositoryClient } from './repository-client.ts'

/** The `Accept` header of manifest requests. */
export const ACCEPT: Readonly<Record<string, string>> = { accept: MANIFEST_TYPES.join(', ') }
/** Tried before a manifest is called missing: some registries answer 404 if the type was not accepted. */
const ACCEPT_ALL = { accept: [...MANIFEST_TYPES, '*/*'].join(', ') }
/** Status of registries that refuse the wildcard. */
const NOT_ACCEPTABLE: ReadonlySet<number> = new Set([400, 406])

/** What may be taken from an earlier run. */
interface CacheUse {
  /** Bodies by digest. Those that are fetched are added. */
  readonly cache: ManifestCache | undefined
  /** Whether a cached body is enough if the registry still serves the manifest. */
  readonly mayUseCached: boolean
}

/** Resolves the tags and reads the manifests of one repository. */
export class ManifestReader {
  readonly #repository: RepositoryClient
  readonly #cache: ManifestCache | undefined
  readonly #mayUseCached: boolean
  readonly #headLabels = new HeadLabels()

  constructor(repository: RepositoryClient, { cache, mayUseCached }: CacheUse) {
    this.#repository = repository
    this.#cache = cache
    this.#mayUseCached = mayUseCached
  }

  /** By HEAD, because some registries count a GET as a pull. If HEAD does not give a digest, by GET. @throws {StoreError} */
  async resolveTag(tag: TagName): Promise<TagAnswer> {
    const head = this.#repository.request('HEAD', `manifests/${tag}`, ACCEPT)
    const { status, headers } = await this.#repository.send(head)
    const digest = headers['docker-content-digest'] ?? tag
    if (status !== 200 || typeof digest !== 'string' || !isDigest(digest))
      return this.#resolveByGet(tag, this.#repository.url(head))
    this.#headLabels.record(digest, headers)
    return { is: 'resolved', digest }
  }

  async #resolveByGet(tag: TagName, url: string): Promise<TagAnswer> {
    const manifest = await this.#fetch(tag)
    if (manifest.is === 'absent') return { is: 'dangling', cause: 'not-served', evidence: { url, status: 404 } }
    if (manifest.is === 'too-large')
      throw new StoreError('sends a manifest over the size limit without its digest', {
        code: 'STORE_MALFORMED',
        place: url,
      })
    const named = manifest.headers['docker-content-digest']
    if (typeof named === 'string' && isDigest(named)) return { is: 'resolved', digest: named }
    return { is: 'resolved', digest: digestOf('sha256', createHash('sha256').update(manifest.bytes).digest('hex')) }
  }

  /** @throws {StoreError} if unknown */
  async read(digest: Digest): Promise<ManifestAnswer> {
    const known = this.#mayUseCached ? await this.#cache?.get(digest) : undefined
    const contentType = known && (await this.#contentTypeIfServed(digest, known))
    const url = this.#repository.url(this.#repository.request('GET', `manifests/${digest}`))
    const found = { target: digest, linkedAsLayer: false, evidence: { url } }
    if (known !== undefined && contentType !== undefined) {
      const labels = this.#headLabels.with(digest, contentType)
      return { is: 'served', bytes: known, remembered: true, servedByRegistry: true, labels, ...found }
    }
    const manifest = await this.#fetch(digest)
    if (manifest.is === 'absent') return { is: 'absent', cause: 'not-served', evidence: { url, status: 404 } }
    if (manifest.is === 'too-large') return { ...manifest, ...found }
    const isRight = hashOf(manifest.bytes, digest) === digest
    if (isRight && known === undefined) await this.#cache?.put(digest, manifest.bytes)
    // A schema 1 manifest is signed again for each response; its digest is that of the signed payload.
    const bytes = isRight ? manifest.bytes : (signedPayload(manifest.bytes) ?? manifest.bytes)
    const labels = this.#headLabels.with(digest, contentTypeOf(manifest.headers))
    return { is: 'served', bytes, servedByRegistry: true, labels, ...found }
  }

  /** Whether the registry serves a manifest. @param reference a tag or digest @throws {StoreError} */
  async isServed(reference: string): Promise<boolean> {
    return (await this.#fetch(reference)).is !== 'absent'
  }

  /**
   * Checks by HEAD that a manifest is still served. Never by a conditional GET, which returns 304 even if the manifest's file
   * is gone. Anything but a clear yes leads to a GET.
   *
   * @returns its content type; `undefined` if it may not be served
   * @see distribution 2.8 and 3.0, `manifestHandler.GetManifest`: `If-None-Match` is compared before the file is opened
   */
  async #contentTypeIfServed(digest: Digest, known: Uint8Array): Promise<string | undefined> {
    const { status, headers } = await this.#repository.send(
      this.#repository.request('HEAD', `manifests/${digest}`, ACCEPT),
    )
    const { 'docker-content-digest': named, 'content-length': length } = headers
    // Without either header the response may be anything, such as the login page that a redirect leads to.
    const isIdentified = named !== undefined || length !== undefined
    const isSame = (named ?? digest) === digest && (length ?? String(known.byteLength)) === String(known.byteLength)
    const type = contentTypeOf(headers)
    return status === 200 && isIdentified && isSame && isManifestType(mediaTypeIn(type)) ? type : undefined
  }

  /** A manifest that only our `Accept` hides is not missing: before it is called so, any type is accepted. */
  async #fetch(reference: string): Promise<FetchedManifest> {
    const fetched = await this.#fetchAccepting(reference, ACCEPT)
    return fetched.is === 'absent' ? this.#fetchAccepting(reference, ACCEPT_ALL) : fetched
  }

  async #fetchAccepting(reference: string, headers: Readonly<Record<string, string>>): Promise<FetchedManifest> {
    const body = new BodyBuffer(MANIFEST_LIMIT)
    const request = { ...this.#repository.request('GET', `manifests/${reference}`, headers), sink: body.open }
    const response = await this.#repository.send(request)
    if (this.#repository.isMissing(response)) return { is: 'absent' }
    if (headers === ACCEPT_ALL && NOT_ACCEPTABLE.has(response.status)) return { is: 'absent' }
    if (response.status !== 200) throw this.#repository.refusal(request, response)
    if (body.isTooLong) return { is: 'too-large', bytes: body.length }
    if (isWebPage(response)) throw new WebPageError('manifest', this.#repository.url(request))
    return { is: 'served', bytes: body.bytes, headers: response.headers }
  }
}

type FetchedManifest =
  | { readonly is: 'served'; readonly bytes: Uint8Array; readonly headers: ResponseHead['headers'] }
  | { readonly is: 'absent' }
  | { readonly is: 'too-large'; readonly bytes: number }
