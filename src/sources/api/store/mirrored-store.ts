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
 * A repository that mirrors serve too. Each question is asked of one host after the other, the registry last, until one has
 * the object, as containerd does. It is missing only if every host says so; if one could not tell, it is unchecked. A web page
 * in place of an object ends the search: containerd takes it for the object.
 *
 * @see containerd, docs/hosts.md: "hosts will be tried first in the order listed"; core/remotes/docker/resolver.go and fetcher.go
 */
export class MirroredStore extends SeveralHosts implements RepositoryStore {
  protected override get store(): ApiRepositoryStore {
    return this.last.store
  }

  resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    const mayAnswer = ({ mayResolve }: Endpoint): boolean => mayResolve || tags.every(isDigest)
    return this.#ask(
      tags,
      (store, some) => store.resolveTags(some),
      ({ is }) => is === 'resolved',
      this.endpoints.filter(mayAnswer),
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
    return answer ?? this.last.store.probeBlob(digest)
  }

  async readConfig(digest: Digest): Promise<Uint8Array | undefined> {
    for (const endpoint of this.endpoints) {
      const bytes = this.awayIn(endpoint) === undefined ? await endpoint.store.readConfig(digest) : undefined
      if (bytes !== undefined) return bytes
    }
    return undefined
  }

  async #ask<Q, A extends { readonly is: string }>(
    questions: readonly Q[],
    ask: (store: ApiRepositoryStore, some: readonly Q[]) => Promise<readonly Answer<A>[]>,
    isThere: (answer: A) => boolean,
    endpoints = this.endpoints,
  ): Promise<readonly Answer<A>[]> {
    const answers = new Map<Q, Answer<A>>()
    let open = questions
    for (const endpoint of endpoints) {
      if (open.length === 0) break
      const away = this.awayIn(endpoint)
      const got = away === undefined ? await ask(endpoint.store, open) : open.map(() => away)
      const left: Q[] = []
      for (const [n, question] of open.entries()) {
        const answer = got[n]
        if (answer === undefined) continue
        const isFound = !(answer instanceof StoreError) && isThere(answer)
        if (isFound) this.onServed(endpoint.at.url)
        else if (!(answer instanceof WebPageError)) left.push(question)
        if (answer instanceof StoreError) endpoint.at.failed(answer)
        // What one host could not tell, another host's "not here" does not answer.
        if (isFound || !(answers.get(question) instanceof StoreError)) answers.set(question, answer)
      }
      open = left
    }
    return questions.flatMap((question) => answers.get(question) ?? [])
  }
}
