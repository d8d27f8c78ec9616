import type { BodySink } from './http-request.ts'

/** Bytes that are allocated at one time: as many as have come already, within these bounds. */
const MIN_ALLOCATION = 4 * 1024
const MAX_ALLOCATION = 256 * 1024

/** Keeps a response body in memory, up to a limit. */
export class BodyBuffer {
  readonly #limit: number
  /**
   * Small chunks are copied: a chunk keeps its whole read buffer alive, so a body that comes byte by byte would cost a
   * hundred times its length.
   */
  #parts: Buffer[] = []
  /** Unused bytes at the end of the last part. */
  #free = 0
  #length = 0

  /** @param limit bytes; reading stops after them */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Starts with an empty buffer, so a retry can open it again. */
  readonly open = (): BodySink => {
    this.#clear()
    this.#length = 0
    return (chunk) => {
      if (this.#length + chunk.byteLength <= this.#limit) this.#append(chunk)
      else this.#clear()
      this.#length += chunk.byteLength
      return !this.isTooLong
    }
  }

  #clear(): void {
    this.#parts = []
    this.#free = 0
  }

  #append(chunk: Uint8Array): void {
    if (chunk.byteLength >= MIN_ALLOCATION && 2 * chunk.byteLength >= chunk.buffer.byteLength) this.#keep(chunk)
    else this.#copy(chunk)
  }

  #keep(chunk: Uint8Array): void {
    const last = this.#parts.at(-1)
    if (last !== undefined) this.#parts[this.#parts.length - 1] = last.subarray(0, last.byteLength - this.#free)
    this.#parts.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#free = 0
  }

  #copy(chunk: Uint8Array): void {
    const last = this.#parts.at(-1)
    const fits = chunk.subarray(0, this.#free)
    last?.set(fits, last.byteLength - this.#free)
    this.#free -= fits.byteLength
    const rest = chunk.subarray(fits.byteLength)
    if (rest.byteLength === 0) return
    const wanted = Math.max(rest.byteLength, Math.min(Math.max(this.#length, MIN_ALLOCATION), MAX_ALLOCATION))
    const part = Buffer.allocUnsafeSlow(wanted)
    part.set(rest)
    this.#parts.push(part)
    this.#free = wanted - rest.byteLength
  }

  /** Bytes that came; more than the limit if the body is too long. */
  get length(): number {
    return this.#length
  }

  get isTooLong(): boolean {
    return this.#length > this.#limit
  }

  /** The body; empty if it is too long. */
  get bytes(): Buffer {
    return this.isTooLong ? Buffer.alloc(0) : Buffer.concat(this.#parts, this.#length)
  }
}
