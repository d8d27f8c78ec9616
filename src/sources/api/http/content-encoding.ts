import { StoreError } from '../../../check/store-error.ts'
import { withoutQuery } from '../connect/without-query.ts'
import type { HttpRequest, ResponseHead } from './http-request.ts'

/** `aws-chunked` says how an object was uploaded; some object stores repeat it on download, where it means nothing. */
const NOT_ENCODED: ReadonlySet<string> = new Set(['', 'identity', 'aws-chunked'])

/** Whether the body was compressed or otherwise encoded. */
export function isEncoded(headers: ResponseHead['headers']): boolean {
  return encodingOf(headers) !== undefined
}

/**
 * The request's sink, which rejects encoded bodies. Their bytes cannot be held against a digest, and a proxy that encodes
 * must not look like a registry with damage. They are never decoded, so a compression bomb is harmless.
 *
 * @see CVE-2020-1702, CVE-2026-22036
 */
export function sinkForPlainBody({ sink, url }: HttpRequest): HttpRequest['sink'] {
  return (head) => {
    const opened = sink(head)
    const encoding = opened === undefined ? undefined : encodingOf(head.headers)
    if (encoding !== undefined)
      throw new StoreError(
        `sent an encoded answer (${encoding}) although none was requested; a proxy in between may do that`,
        { code: 'STORE_MALFORMED', place: withoutQuery(url) },
      )
    return opened
  }
}

function encodingOf(headers: ResponseHead['headers']): string | undefined {
  const encodings = [headers['content-encoding'] ?? []].flat().join(',').toLowerCase().split(',')
  return encodings.map((encoding) => encoding.trim()).find((encoding) => !NOT_ENCODED.has(encoding))
}
