import type {
  Answer,
  BlobAnswer,
  BlobQuestion,
  Listing,
  ManifestAnswer,
  RepositoryStore,
  TagAnswer,
} from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { TagName } from '../../../oci/names.ts'
import type { MirrorHost } from '../client/mirror-host.ts'
import type { ApiRepositoryStore } from './repository-store.ts'

/** One host that may serve a repository. */
export interface Endpoint {
  /** Its origin, for the report. */
  readonly url: string
  readonly store: ApiRepositoryStore
  /** Missing: it is the registry itself. */
  readonly mirror?: MirrorHost
}

/**
 * A repository that mirrors serve too. Each question is asked of one host after the other, the registry last, until one has
 * the object, as containerd does. It is missing only if every host says so; if one could not tell, it is unchecked.
 *
 * @see containerd, docs/hosts.md: "registry hosts are tried in order"; core/remotes/docker/resolver.go and fetcher.go
 */
export class MirroredStore implements RepositoryStore {
  readonly #endpoints: readonly Endpoint[]
  readonly #registry: ApiRepositoryStore
  readonly #onServed: (url: string) => void

  /** @param registry the last of the endpoints */
  constructor(mirrors: readonly Endpoint[], registry: Endpoint, onServed: (url: string) => void) {
    this.#endpoints = [...mirrors, registry]
    this.#registry = registry.store
    this.#onServed = onServed
  }

  listTags(): Promise<Listing<TagName>> {
    return this.#registry.listTags()
  }

  listRevisions(): Promise<undefined> {
    return this.#registry.listRevisions()
  }

  listLayerLinks(): Promise<undefined> {
    return this.#registry.listLayerLinks()
  }

  readRemains(): Promise<undefined> {
    return this.#registry.readRemains()
  }

  resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    return this.#ask(
      tags,
      (store, some) => store.resolveTags(some),
      ({ is }) => is === 'resolved',
    )
  }

  readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    return this.#ask(
      digests,
      (store, some) => store.readManifests(some),
      ({ is }) => is !== 'absent',
    )
  }

  probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    return this.#ask(
      questions,
      (store, some) => store.probeBlobs(some),
      ({ is }) => is !== 'absent',
    )
  }

  async probeBlob(digest: Digest): Promise<Answer<BlobAnswer>> {
    const [answer] = await this.#ask(
      [digest],
      async (store, some) => Promise.all(some.map((one) => store.probeBlob(one))),
      ({ is }) => is !== 'absent',
    )
    return answer ?? this.#registry.probeBlob(digest)
  }

  async readConfig(digest: Digest): Promise<Uint8Array | undefined> {
    for (const { store, mirror } of this.#endpoints) {
      const bytes = mirror?.away === undefined ? await store.readConfig(digest) : undefined
      if (bytes !== undefined) return bytes
    }
    return undefined
  }

  async #ask<Q, A extends { readonly is: string }>(
    questions: readonly Q[],
    ask: (store: ApiRepositoryStore, some: readonly Q[]) => Promise<readonly Answer<A>[]>,
    isThere: (answer: A) => boolean,
  ): Promise<readonly Answer<A>[]> {
    const answers = new Map<Q, Answer<A>>()
    let open = questions
    for (const { url, store, mirror } of this.#endpoints) {
      if (open.length === 0) break
      const away = mirror?.away
      const got = away === undefined ? await ask(store, open) : open.map(() => away)
      const left: Q[] = []
      for (const [n, question] of open.entries()) {
        const answer = got[n]
        if (answer === undefined) continue
        const isFound = !(answer instanceof StoreError) && isThere(answer)
        if (isFound) this.#onServed(url)
        else left.push(question)
        if (answer instanceof StoreError) mirror?.failed(answer)
        // What one host could not tell, another host's "not here" does not answer.
        if (isFound || !(answers.get(question) instanceof StoreError)) answers.set(question, answer)
      }
      open = left
    }
    return questions.flatMap((question) => answers.get(question) ?? [])
  }
}
