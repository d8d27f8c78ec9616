/** One HTTP request. Sending it involves no retry, no redirect and no credentials. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Opens a sink for the response body; `undefined` discards the body. */
  readonly sink: (head: ResponseHead) => BodySink | undefined
  /** The body may take any time as long as it keeps coming; its sink must bound the length. See `TimeLimit`. */
  readonly hasLongBody?: boolean | undefined
}

/** Takes the next chunk of a body. @returns `false` to stop reading */
export type BodySink = (chunk: Uint8Array) => boolean

/** Status and headers of a response; names in lower case. */
export interface ResponseHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** A response whose body has gone to the sink. */
export interface HttpResponse extends ResponseHead {
  /** `enough`: the sink stopped it. `cut`: the connection ended before the body did. */
  readonly end: 'whole' | 'enough' | 'cut'
}
