import type { StoreError } from '../../../check/store-error.ts'
import type { ApiHost } from './host.ts'

/** A host from which images are pulled, and whether it can be reached. Shared by all images that it may have. */
export class PullHost {
  /** As the operator wrote it. */
  readonly url: string
  readonly host: ApiHost
  #away: StoreError | undefined

  constructor(url: string, host: ApiHost) {
    this.url = url
    this.host = host
  }

  /** Why it is not asked any more, where another host may have the same: it could not be reached. */
  get away(): StoreError | undefined {
    return this.#away
  }

  failed(error: StoreError): void {
    if (AWAY.has(error.code)) this.#away ??= error
  }
}

const AWAY: ReadonlySet<StoreError['code']> = new Set(['STORE_UNREACHABLE', 'STORE_TIMEOUT', 'STORE_DNS', 'STORE_TLS'])

/** One place that may have an image. */
export interface PullPlace {
  readonly at: PullHost
  /** The name of the image there. */
  readonly repository: string
  /** The registry whose copies are asked for: containerd names it with `ns`. */
  readonly namespace?: string | undefined
  /** Nothing comes between the URL and the name of the image, not even `v2/`. */
  readonly isWholePath?: boolean | undefined
  /** Whether it may say which digest a tag is. */
  readonly mayResolve: boolean
}
