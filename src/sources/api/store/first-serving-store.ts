import type {
  Answer,
  BlobAnswer,
  BlobQuestion,
  ManifestAnswer,
  RepositoryStore,
  TagAnswer,
} from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import { type Digest, isDigest } from '../../../oci/digest.ts'
import type { TagName } from '../../../oci/names.ts'
import { WebPageError } from '../client/web-page.ts'
import type { ApiRepositoryStore } from './repository-store.ts'
import { type Endpoint, SeveralHosts } from './several-hosts.ts'

/**
 * A repository of which the first host that has the manifest serves all, as with podman and CRI-O: what that host lacks,
 * no other is asked for. Each look begins with the reference, by which the host is chosen.
 *
 * @see containers-registries.conf(5), "mirror": "the first one that can be contacted and contains the image will be used"
 * @see c/image, docker/docker_image_src.go, `newImageSource`
 */
export class FirstServingStore extends SeveralHosts implements RepositoryStore {
  /** The first one that has the manifest; before that, the last. */
  #chosen: Endpoint
  /** The manifest by which the host was chosen. It is not fetched twice. */
  #manifest: { readonly digest: Digest; readonly answer: Answer<ManifestAnswer> } | undefined

  constructor(endpoints: readonly Endpoint[], onServed: (url: string) => void) {
    super(endpoints, onServed)
    this.#chosen = this.last
  }

  async resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    const answers: Answer<TagAnswer>[] = []
    for (const tag of tags) answers.push(await this.#choose(tag))
    return answers
  }

  async readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    const known = this.#manifest
    if (known === undefined || digests.length !== 1 || digests[0] !== known.digest)
      return this.store.readManifests(digests)
    this.#manifest = undefined
    return [known.answer]
  }

  probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    return this.store.probeBlobs(questions)
  }

  probeBlob(digest: Digest): Promise<Answer<BlobAnswer>> {
    return this.store.probeBlob(digest)
  }

  readConfig(digest: Digest): Promise<Uint8Array | undefined> {
    return this.store.readConfig(digest)
  }

  protected override get store(): ApiRepositoryStore {
    return this.#chosen.store
  }

  /** If none has it and one could not tell, it is unknown whether any has. */
  async #choose(tag: TagName): Promise<Answer<TagAnswer>> {
    let none: Answer<TagAnswer> | undefined
    for (const endpoint of this.endpoints) {
      const tried = this.awayIn(endpoint) ?? (await this.#try(endpoint, tag))
      this.#chosen = endpoint
      if (tried instanceof StoreError) endpoint.at.failed(tried)
      else if (tried.is === 'resolved') this.onServed(endpoint.at.url)
      if (tried instanceof WebPageError || (!(tried instanceof StoreError) && tried.is === 'resolved')) return tried
      if (!(none instanceof StoreError)) none = tried
    }
    const answer = none ?? NOT_SERVED
    // A digest needs no resolving, so this answer alone says what is known of its manifest.
    if (isDigest(tag))
      this.#manifest = { digest: tag, answer: answer instanceof StoreError ? answer : absentAs(answer) }
    return answer
  }

  async #try({ store }: Endpoint, tag: TagName): Promise<Answer<TagAnswer>> {
    const [resolved] = await store.resolveTags([tag])
    if (resolved === undefined || resolved instanceof StoreError || resolved.is !== 'resolved')
      return resolved ?? NOT_SERVED
    const digest = isDigest(tag) ? tag : resolved.digest
    const [answer] = await store.readManifests([digest])
    if (answer === undefined || answer instanceof StoreError) return answer ?? resolved
    if (answer.is === 'absent') return { is: 'dangling', cause: 'not-served', evidence: answer.evidence }
    this.#manifest = { digest, answer }
    return resolved
  }
}

const NOT_SERVED: TagAnswer = { is: 'dangling', cause: 'not-served', evidence: {} }

function absentAs(answer: TagAnswer): ManifestAnswer {
  return { is: 'absent', cause: 'not-served', evidence: answer.is === 'dangling' ? answer.evidence : {} }
}
