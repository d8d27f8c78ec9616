import type { StoreError } from '../../../check/store-error.ts'
import type { RegistryClient } from '../client/client.ts'
import type { PullPlace } from '../client/pull-host.ts'
import { isCountedPull } from '../client/pull-limit.ts'
import { isMissing, refusal } from '../client/refusal.ts'
import type { RegistryRequest, RegistryResponse } from '../client/registry-request.ts'

/** Makes and sends the requests of one repository. */
export class RepositoryClient {
  readonly client: RegistryClient
  readonly repository: string
  readonly signal: AbortSignal
  readonly #root: string
  readonly #onPull: (client: RegistryClient) => void
  readonly #query: string

  constructor(
    client: RegistryClient,
    repository: string,
    signal: AbortSignal,
    { namespace, isWholePath }: Pick<PullPlace, 'namespace' | 'isWholePath'> = {},
    onPull: (client: RegistryClient) => void = () => undefined,
  ) {
    this.#onPull = onPull
    this.client = client
    this.repository = repository
    this.signal = signal
    this.#root = isWholePath === true ? '' : 'v2/'
    this.#query = namespace === undefined ? '' : `?ns=${encodeURIComponent(namespace)}`
  }

  /** @param path below the repository: `manifests/latest` */
  request(
    method: RegistryRequest['method'],
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): RegistryRequest {
    return {
      method,
      path: `${this.#root}${this.repository}/${path}${this.#query}`,
      scope: `repository:${this.repository}:pull`,
      headers,
      mayRedirectElsewhere: true,
    }
  }

  /** @returns a response of any status @throws {StoreError} if there is none */
  async send(request: RegistryRequest): Promise<RegistryResponse> {
    const response = await this.client.send(request, this.signal)
    if (isCountedPull(request)) this.#onPull(this.client)
    return response
  }

  /** The URL of a request, for evidence and errors. */
  url({ path }: RegistryRequest): string {
    return this.client.url(path).href
  }

  /** See {@link isMissing}. */
  isMissing(response: RegistryResponse): boolean {
    return isMissing(response, this.client.url(''))
  }

  /** See {@link refusal}. */
  refusal(request: RegistryRequest, response: RegistryResponse): StoreError {
    return refusal(response, this.url(request), this.client.tried)
  }
}
