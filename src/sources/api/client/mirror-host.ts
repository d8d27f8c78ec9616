import type { StoreError } from '../../../check/store-error.ts'
import type { ApiHost } from './host.ts'

/** A host that serves copies of a registry's images. Shared by all images of that registry. */
export class MirrorHost {
  /** As the operator wrote it. */
  readonly url: string
  readonly host: ApiHost
  /** The registry whose copies are asked for, as references name it. */
  readonly registry: string
  #away: StoreError | undefined

  constructor(url: string, host: ApiHost, registry: string) {
    this.url = url
    this.host = host
    this.registry = registry
  }

  /** Why it is not asked any more: it could not be reached. */
  get away(): StoreError | undefined {
    return this.#away
  }

  failed(error: StoreError): void {
    if (AWAY.has(error.code)) this.#away ??= error
  }
}

const AWAY: ReadonlySet<StoreError['code']> = new Set(['STORE_UNREACHABLE', 'STORE_TIMEOUT', 'STORE_DNS', 'STORE_TLS'])
