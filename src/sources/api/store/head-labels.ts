import type { ServedLabels } from '../../../check/ports.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isManifestType, mediaTypeIn } from '../../../oci/media-type.ts'
import type { ResponseHead } from '../http/http-request.ts'

type HeadLabel = NonNullable<ServedLabels['head']>

/** The headers of manifests in responses to HEAD. Only those that may be wrong are kept. */
export class HeadLabels {
  readonly #suspicious = new Map<Digest, HeadLabel>()

  /** Records a response. Without a length, clients ignore it and send a GET. */
  record(digest: Digest, headers: ResponseHead['headers']): void {
    const length = headers['content-length']
    if (typeof length !== 'string') return
    const contentType = contentTypeOf(headers)
    if (Number(length) > 0 && isManifestType(mediaTypeIn(contentType))) return
    this.#suspicious.set(digest, { contentType, contentLength: length })
  }

  /** All labels of a manifest. @param contentType of the response with its bytes */
  with(digest: Digest, contentType: string | undefined): ServedLabels {
    const head = this.#suspicious.get(digest)
    return head === undefined ? { contentType } : { contentType, head }
  }
}

/** The content type; the first of several, as in Go. */
export function contentTypeOf(headers: ResponseHead['headers']): string | undefined {
  const type = headers['content-type']
  return typeof type === 'string' ? type : type?.[0]
}
