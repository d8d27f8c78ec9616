import type { ScanEvent } from '../../check/events.ts'
import { MirrorHost } from '../../sources/api/client/mirror-host.ts'
import type { ApiOptions } from '../../sources/api/source.ts'
import type { ApiRequest } from '../options/api-request.ts'
import { credentialOf, hostOf, placeOf } from '../run/ask-registry.ts'
import type { MirrorsByHost } from './mirrors.ts'

/** The mirrors of all registries of a run, each with one pool of connections for each credential. */
export class MirrorPool {
  readonly #mirrors: MirrorsByHost
  readonly #api: ApiRequest
  readonly #about: Pick<ApiOptions, 'env' | 'userAgent'>
  readonly #open = new Map<string, MirrorHost>()

  constructor(mirrors: MirrorsByHost | undefined, api: ApiRequest, about: Pick<ApiOptions, 'env' | 'userAgent'>) {
    this.#mirrors = mirrors ?? new Map()
    // A client certificate is for registries, not for their mirrors.
    this.#api = { ...api, client: undefined }
    this.#about = about
  }

  isMirrored(registry: string): boolean {
    return this.#mirrors.has(registry)
  }

  /** The mirrors of a registry. Each gets the credential of its own host, never that of the registry. */
  mirrorsOf(registry: string, repository: string): readonly MirrorHost[] {
    const { urls = [], registry: name = registry } = this.#mirrors.get(registry) ?? {}
    return urls.map((url) => {
      const credential = credentialOf(url, [repository], this.#api, this.#about.env)
      const key = `${name} ${url} ${placeOf(credential)}`
      const known = this.#open.get(key)
      if (known !== undefined) return known
      const opened = new MirrorHost(url, hostOf(url, this.#api, this.#about, credential), name)
      this.#open.set(key, opened)
      return opened
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ host }) => host.close()))
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
