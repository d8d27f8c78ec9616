import type { Take } from './wire.ts'

/** Keeps the body of an answer in memory, up to a limit. */
export class Body {
  readonly #limit: number
  #pieces: Uint8Array[] = []
  #length = 0

  /** @param limit bytes; what comes after them is not taken */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Begin, and begin anew with each try. */
  readonly open = (): Take => {
    this.#pieces = []
    this.#length = 0
    return (piece) => {
      this.#pieces.push(piece)
      this.#length += piece.byteLength
      return !this.isTooLong
    }
  }

  /** Bytes that came, at least as many as the limit where there were more. */
  get length(): number {
    return this.#length
  }

  get isTooLong(): boolean {
    return this.#length > this.#limit
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }
}
