import type { ServedLabels } from '../../../check/ports.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isManifestType, mediaTypeIn } from '../../../oci/media-type.ts'
import type { Head } from '../http/transport.ts'

type Label = NonNullable<ServedLabels['head']>

/** What a registry said of manifests when asked by HEAD; only what may be wrong is kept. */
export class ManifestHeads {
  readonly #odd = new Map<Digest, Label>()

  /** Take note of an answer that names this digest. Without a length clients do not believe it, and send a GET. */
  saw(digest: Digest, headers: Head['headers']): void {
    const length = headers['content-length']
    if (typeof length !== 'string') return
    const contentType = contentTypeOf(headers)
    if (Number(length) > 0 && isManifestType(mediaTypeIn(contentType))) return
    this.#odd.set(digest, { contentType, contentLength: length })
  }

  /** @param contentType of the answer that has the bytes */
  labels(digest: Digest, contentType: string | undefined): ServedLabels {
    const head = this.#odd.get(digest)
    return head === undefined ? { contentType } : { contentType, head }
  }
}

/** Of several the first counts, as in Go. */
export function contentTypeOf(headers: Head['headers']): string | undefined {
  const type = headers['content-type']
  return typeof type === 'string' ? type : type?.[0]
}
