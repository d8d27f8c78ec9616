import type { Evidence } from '../../../check/findings/evidence.ts'
import type {
  Answer,
  BlobAnswer,
  BlobQuestion,
  Listing,
  ManifestAnswer,
  Remains,
  RepositoryStore,
  TagAnswer,
} from '../../../check/ports.ts'
import type { RunningImages } from '../../../check/running/running-images.ts'
import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import type { TagName } from '../../../oci/names.ts'

/** One image of a repository. */
export interface SingleImage {
  readonly repository: string
  /** A tag or a digest. */
  readonly reference: string
  /** What runs of it. */
  readonly running?: RunningImages | undefined
}

/** A store that contains one image only. A digest is listed as if it were a tag that resolves to itself. */
export class SingleImageStore implements RepositoryStore {
  readonly #store: RepositoryStore
  readonly #reference: string
  readonly #repositoryExists: () => Promise<boolean | undefined>

  /** @param repositoryExists answers `undefined` if unknown */
  constructor(
    store: RepositoryStore,
    { reference }: SingleImage,
    repositoryExists: () => Promise<boolean | undefined>,
  ) {
    this.#store = store
    this.#reference = reference
    this.#repositoryExists = repositoryExists
  }

  async listTags(): Promise<Listing<TagName>> {
    return { found: [this.#reference as TagName], unreadable: [] }
  }

  async listRevisions(): Promise<undefined> {
    return undefined
  }

  async listLayerLinks(): Promise<undefined> {
    return undefined
  }

  async resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    const digest = this.#reference
    if (isDigest(digest)) {
      // Clients start a pull by digest with HEAD too, so the headers of its response are checked; the response is not needed.
      if (hashAlgorithmOf(digest) !== undefined) await this.#store.resolveTags(tags)
      return [{ is: 'resolved', digest }]
    }
    return Promise.all(
      (await this.#store.resolveTags(tags)).map(async (answer) =>
        'is' in answer && answer.is === 'dangling'
          ? { ...answer, evidence: await this.#withContext(answer.evidence) }
          : answer,
      ),
    )
  }

  async readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    return Promise.all(
      (await this.#store.readManifests(digests)).map(async (answer, n) =>
        'is' in answer && answer.is === 'absent' && digests[n] === this.#reference
          ? { ...answer, evidence: await this.#withContext(answer.evidence) }
          : answer,
      ),
    )
  }

  readRemains(digest: Digest): Promise<Answer<Remains | undefined>> {
    return this.#store.readRemains(digest)
  }

  readConfig(digest: Digest): Promise<Uint8Array | undefined> {
    return this.#store.readConfig?.(digest) ?? Promise.resolve(undefined)
  }

  probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    return this.#store.probeBlobs(questions)
  }

  /** Adds whether the image was given by tag or digest, and whether its repository exists. */
  async #withContext(evidence: Evidence): Promise<Evidence> {
    const exists = await this.#repositoryExists()
    return {
      ...evidence,
      askedFor: isDigest(this.#reference) ? 'digest' : 'tag',
      ...(exists === undefined ? {} : { repositoryExists: exists }),
    }
  }
}
