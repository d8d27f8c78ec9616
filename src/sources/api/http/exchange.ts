import type { Dispatcher } from 'undici'
import { TimeLimit } from './time-limit.ts'
import type { Answered, Call, Head, Take } from './transport.ts'

/** Bytes that are read of an answer that nobody wants, for the sake of its connection. */
const UNWANTED = 64 * 1024

/** Made once: an error notes where it is made, and that takes longer than all else here. */
const OVER = new Error('it is over')

/** Says whether an error only ended the connection, after the answer had begun. */
export type IsCut = (error: Error) => boolean

/**
 * One request under way, told of what happens to it. It stands where a promise and a stream for each body would: a scan
 * asks tens of thousands of questions with small answers.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #call: Call
  readonly #isCut: IsCut
  readonly #limit: TimeLimit
  readonly #resolve: (answered: Answered) => void
  readonly #reject: (reason: unknown) => void
  #controller: Dispatcher.DispatchController | undefined
  #head: Head | undefined
  #take: Take | undefined
  #unwanted = 0
  #ended: Error | undefined

  /** @param timeout milliseconds, as {@link TimeLimit} has them */
  constructor(
    call: Call,
    timeout: number,
    about: {
      readonly isCut: IsCut
      readonly resolve: (answered: Answered) => void
      readonly reject: (reason: unknown) => void
    },
  ) {
    this.#call = call
    this.#isCut = about.isCut
    this.#resolve = about.resolve
    this.#reject = about.reject
    this.#limit = new TimeLimit(timeout, () => {
      const late = new DOMException(`timed out after ${timeout / 1000} s`, 'TimeoutError')
      // Of an answer whose body nobody wants, or that is an error, the status is enough.
      if (this.#head !== undefined && (this.#take === undefined || this.#head.status >= 300)) this.#answer('cut', late)
      else this.giveUp(late)
    })
  }

  /** Nothing more is wanted of it. */
  giveUp(reason: Error): void {
    if (this.#ended !== undefined) return
    this.#end(reason)
    this.#reject(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It may have been given up while it waited for a connection.
    if (this.#ended !== undefined) controller.abort(this.#ended)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Head['headers']): void {
    if (status < 200 || this.#ended !== undefined) return
    this.#head = { status, headers }
    if (this.#call.method === 'HEAD') return
    try {
      this.#take = this.#call.open(this.#head)
    } catch (error) {
      this.giveUp(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (this.#take !== undefined && this.#call.isLong === true) this.#limit.allowLength()
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Uint8Array): void {
    if (this.#ended !== undefined) return
    if (this.#take === undefined) {
      this.#unwanted += piece.byteLength
      if (this.#unwanted > UNWANTED) this.#answer('whole', new Error('nobody wants it'))
      return
    }
    this.#limit.came(piece.byteLength)
    if (!this.#take(piece)) this.#answer('enough', new Error('that is enough'))
  }

  onResponseEnd(): void {
    if (this.#ended === undefined) this.#answer('whole')
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#ended !== undefined) return
    if (this.#head !== undefined && this.#isCut(error)) this.#answer('cut', error)
    else this.giveUp(error)
  }

  /** @param rest why the rest of it is not read, where there is a rest */
  #answer(end: Answered['end'], rest?: Error): void {
    if (this.#head === undefined) return
    this.#end(rest)
    this.#resolve({ status: this.#head.status, headers: this.#head.headers, end })
  }

  #end(rest: Error | undefined): void {
    this.#ended = rest ?? OVER
    this.#limit.end()
    if (rest !== undefined) this.#controller?.abort(rest)
  }
}
