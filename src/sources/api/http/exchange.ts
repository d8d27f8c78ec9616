import type { Dispatcher } from 'undici'
import type { BodySink, HttpRequest, HttpResponse, ResponseHead } from './http-request.ts'
import { isConnectionCut } from './network-errors.ts'
import { TimeLimit } from './time-limit.ts'

/** Bytes of an unwanted body that are read so that the connection can be reused. */
const DRAIN_LIMIT = 64 * 1024

/** Created once: capturing a stack trace costs more than the rest of an exchange. */
const FINISHED = new Error('finished')

/**
 * One request and its response, as undici reports them. Used instead of `undici.request`, which creates a promise and a
 * stream for each body: a scan sends tens of thousands of requests with small responses.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest
  readonly #timer: TimeLimit
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (reason: unknown) => void
  #controller: Dispatcher.DispatchController | undefined
  #head: ResponseHead | undefined
  #sink: BodySink | undefined
  #drained = 0
  #ended: Error | undefined

  /** @param timeout milliseconds, see {@link TimeLimit} */
  constructor(
    request: HttpRequest,
    timeout: number,
    settle: {
      readonly resolve: (response: HttpResponse) => void
      readonly reject: (reason: unknown) => void
    },
  ) {
    this.#request = request
    this.#resolve = settle.resolve
    this.#reject = settle.reject
    this.#timer = new TimeLimit(timeout, () => {
      this.#onTimeout(timeout)
    })
  }

  /** Ends the request. Does nothing if it has ended already. */
  abort(reason: Error): void {
    if (this.#ended !== undefined) return
    this.#end(reason)
    this.#reject(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It may have been aborted while it waited for a connection.
    if (this.#ended !== undefined) controller.abort(this.#ended)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ResponseHead['headers']): void {
    if (status < 200 || this.#ended !== undefined) return
    this.#head = { status, headers }
    if (this.#request.method === 'HEAD') return
    try {
      this.#sink = this.#request.sink(this.#head)
    } catch (error) {
      this.abort(asError(error))
      return
    }
    if (this.#sink !== undefined && this.#request.hasLongBody === true) this.#timer.allowLongBody()
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#ended !== undefined) return
    if (this.#sink === undefined) {
      this.#drained += chunk.byteLength
      if (this.#drained > DRAIN_LIMIT) this.#complete('whole', new Error('the body is not needed'))
      return
    }
    this.#timer.onBytes(chunk.byteLength)
    if (!this.#sink(chunk)) this.#complete('enough', new Error('the rest of the body is not needed'))
  }

  onResponseEnd(): void {
    if (this.#ended === undefined) this.#complete('whole')
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#ended !== undefined) return
    if (this.#head !== undefined && isConnectionCut(error)) this.#complete('cut', error)
    else this.abort(error)
  }

  #onTimeout(timeout: number): void {
    const error = new DOMException(`timed out after ${timeout / 1000} s`, 'TimeoutError')
    // If nobody reads the body, or the response is an error, the status is enough.
    if (this.#head !== undefined && (this.#sink === undefined || this.#head.status >= 300)) this.#complete('cut', error)
    else this.abort(error)
  }

  /** @param unread why the rest of the body is not read; `undefined` if there is no rest */
  #complete(end: HttpResponse['end'], unread?: Error): void {
    if (this.#head === undefined) return
    this.#end(unread)
    this.#resolve({ status: this.#head.status, headers: this.#head.headers, end })
  }

  #end(reason: Error | undefined): void {
    this.#ended = reason ?? FINISHED
    this.#timer.stop()
    if (reason !== undefined) this.#controller?.abort(reason)
  }
}

/** An Error for anything that was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
