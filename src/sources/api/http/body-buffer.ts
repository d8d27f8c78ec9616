import type { Take } from './transport.ts'

/** Bytes that are set aside for a body at one time: as many as it has by then, within these bounds. */
const LEAST = 4 * 1024
const MOST = 256 * 1024

/** Keeps the body of an answer in memory, up to a limit. */
export class Body {
  readonly #limit: number
  /**
   * Copies of small pieces: each holds on to all that came with it, and a body that comes a byte at a time would cost a
   * hundred times its length.
   */
  #parts: Buffer[] = []
  /** Bytes of the last part that are still free. */
  #free = 0
  #length = 0

  /** @param limit bytes; what comes after them is not taken */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Begin, and begin anew with each try. */
  readonly open = (): Take => {
    this.#forget()
    this.#length = 0
    return (piece) => {
      if (this.#length + piece.byteLength <= this.#limit) this.#keep(piece)
      else this.#forget()
      this.#length += piece.byteLength
      return !this.isTooLong
    }
  }

  #forget(): void {
    this.#parts = []
    this.#free = 0
  }

  #keep(piece: Uint8Array): void {
    const last = this.#parts.at(-1)
    if (piece.byteLength >= LEAST && 2 * piece.byteLength >= piece.buffer.byteLength) {
      if (last !== undefined) this.#parts[this.#parts.length - 1] = last.subarray(0, last.byteLength - this.#free)
      this.#parts.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
      this.#free = 0
      return
    }
    const fits = piece.subarray(0, this.#free)
    last?.set(fits, last.byteLength - this.#free)
    this.#free -= fits.byteLength
    const rest = piece.subarray(fits.byteLength)
    if (rest.byteLength === 0) return
    const wanted = Math.max(rest.byteLength, Math.min(Math.max(this.#length, LEAST), MOST))
    const part = Buffer.allocUnsafeSlow(wanted)
    part.set(rest)
    this.#parts.push(part)
    this.#free = wanted - rest.byteLength
  }

  /** Bytes that came, more than the limit where there were more. */
  get length(): number {
    return this.#length
  }

  get isTooLong(): boolean {
    return this.#length > this.#limit
  }

  /** Nothing where it is too long. */
  get bytes(): Buffer {
    return this.isTooLong ? Buffer.alloc(0) : Buffer.concat(this.#parts, this.#length)
  }
}
