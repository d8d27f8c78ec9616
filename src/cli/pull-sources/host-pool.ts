import type { ScanEvent } from '../../check/events.ts'
import type { Credential } from '../../sources/api/auth/credentials.ts'
import { ApiHost } from '../../sources/api/client/host.ts'
import { PullHost, type PullPlace } from '../../sources/api/client/pull-host.ts'
import type { PullLimit } from '../../sources/api/client/pull-limit.ts'
import type { ApiOptions } from '../../sources/api/source.ts'
import type { ApiRequest } from '../options/api-request.ts'
import { credentialOf, placeOf } from '../run/ask-registry.ts'
import type { HostSettings, PullSource } from './pull-source.ts'

/** The connections of a run: one pool, and one gate, for each host, credential, and way to connect. */
export class HostPool {
  readonly #api: ApiRequest
  readonly #about: Pick<ApiOptions, 'env' | 'userAgent'>
  readonly #open = new Map<string, PullHost>()
  readonly #onPullLimit: (host: string, limit: PullLimit) => void

  /** @param onPullLimit called once for each host that limits pulls */
  constructor(
    api: ApiRequest,
    about: Pick<ApiOptions, 'env' | 'userAgent'>,
    onPullLimit: (host: string, limit: PullLimit) => void,
  ) {
    this.#api = api
    this.#about = about
    this.#onPullLimit = onPullLimit
  }

  /** The host of a registry. @param own the credential that goes before that of the docker config */
  registryAt(origin: string, repository: string, own: Credential | undefined, settings?: HostSettings): PullHost {
    const credential = own ?? credentialOf(origin, [repository], this.#api, this.#about.env)
    return this.#at(origin, this.#api, credential, settings)
  }

  /**
   * A place that may have an image. Other hosts than the registry get the credential of their own name: never that of the
   * registry, nor the client certificate and the token that are meant for it.
   *
   * @param url that of the source, with the scheme that it speaks
   */
  placeOf(
    { repository, isRegistry, settings, ...about }: PullSource,
    url: string,
    own: Credential | undefined,
  ): PullPlace {
    const api = { ...this.#api, client: undefined, tokenFile: undefined }
    const at = isRegistry
      ? this.registryAt(url, repository, own, settings)
      : this.#at(url, api, credentialOf(url, [repository], api, this.#about.env), settings)
    const { namespace, isWholePath, mayResolve } = about
    return { at, repository, namespace, isWholePath, mayResolve }
  }

  #at(url: string, api: ApiRequest, credential: Credential | undefined, settings: HostSettings | undefined): PullHost {
    const key = JSON.stringify([url, placeOf(credential), settings?.place])
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const host = new ApiHost(url, {
      ...api,
      ...this.#about,
      credential,
      onPullLimit: (limit) => {
        this.#onPullLimit(new URL(url).host, limit)
      },
      ...(settings && connectionFor(url, settings, api)),
    })
    const opened = new PullHost(url, host)
    this.#open.set(key, opened)
    return opened
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ host }) => host.close()))
  }
}

/** What the settings of one host change. */
function connectionFor(url: string, settings: HostSettings, api: ApiRequest) {
  const { ca, client, skipsVerification, headers, connectTimeout, proxy } = settings
  const authorities = [api.ca, ca].filter((pem) => pem !== undefined)
  return {
    ...(authorities.length > 0 && { ca: authorities.join('\n') }),
    ...(client && { client }),
    ...(skipsVerification === true && { insecureHosts: [...api.insecureHosts, new URL(url).host] }),
    headers,
    connectTimeout,
    proxy,
  }
}

/** The hosts that served one image. */
export class ServedBy {
  readonly #urls = new Set<string>()

  readonly add = (url: string): void => {
    this.#urls.add(url)
  }

  /** The event, with those hosts if it is about the image. */
  on(event: ScanEvent): ScanEvent {
    if (event.type !== 'tag') return event
    return { ...event, record: { ...event.record, servedBy: [...this.#urls].sort() } }
  }
}
