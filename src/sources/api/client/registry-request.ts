import type { BodySink, HttpResponse, ResponseHead } from '../http/http-request.ts'

/** A read from the registry. There is no way to write. */
export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD'
  /** Path and query below the registry's base URL: `v2/…`. */
  readonly path: string
  /** The scope that a token must have; empty for no particular one. */
  readonly scope: string
  readonly headers?: Readonly<Record<string, string>>
  /** Follow redirects to other hosts: blobs may be in an object store, manifests and lists at another registry. */
  readonly mayRedirectElsewhere?: boolean
  /** Opens a sink for the body of a 2xx response; called again for each try. */
  readonly sink?: (head: ResponseHead) => BodySink | undefined
  /** See `HttpRequest.hasLongBody`. */
  readonly hasLongBody?: boolean
  /** Do not fetch a token: it is enough to learn that the registry wants one. */
  readonly withoutToken?: boolean
  /** Return a response whose body was cut, instead of retrying. */
  readonly acceptsPartialBody?: boolean
}

/** A response after redirects. */
export interface RegistryResponse extends HttpResponse {
  /** The URL that it came from. */
  readonly url: URL
  /** The body of a response that is not 2xx; empty if there is none, or if it is too long or encoded. */
  readonly errorBody: Uint8Array
}

/** Whether a status is 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
