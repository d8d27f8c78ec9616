import type { Listing } from '../../../check/ports.ts'
import type { StoreError } from '../../../check/store-error.ts'
import type { TagName } from '../../../oci/names.ts'
import type { PullHost } from '../client/pull-host.ts'
import type { ApiRepositoryStore } from './repository-store.ts'

/** One host that may serve a repository. */
export interface Endpoint {
  readonly at: PullHost
  readonly store: ApiRepositoryStore
  /** Whether it may say which digest a tag is. */
  readonly mayResolve: boolean
}

/** What two ways to ask several hosts have in common: they list what one of them has, and say who served. */
export abstract class SeveralHosts {
  protected readonly endpoints: readonly Endpoint[]
  /** The registry itself, if it may be pulled from: no other host could have what it lacks. */
  protected readonly last: Endpoint
  protected readonly onServed: (url: string) => void

  /** @param endpoints in the order in which they are asked */
  constructor(endpoints: readonly Endpoint[], onServed: (url: string) => void) {
    const last = endpoints.at(-1)
    if (last === undefined) throw new TypeError('no endpoints')
    this.endpoints = endpoints
    this.last = last
    this.onServed = onServed
  }

  /** Of the host that is asked for lists. */
  protected abstract get store(): ApiRepositoryStore

  listTags(): Promise<Listing<TagName>> {
    return this.store.listTags()
  }

  listRevisions(): Promise<undefined> {
    return this.store.listRevisions()
  }

  listLayerLinks(): Promise<undefined> {
    return this.store.listLayerLinks()
  }

  readRemains(): Promise<undefined> {
    return this.store.readRemains()
  }

  /** A host that does not answer is not asked again, but the last one: there is no other that could have the object. */
  protected awayIn(endpoint: Endpoint): StoreError | undefined {
    return endpoint === this.last ? undefined : endpoint.at.away
  }
}
