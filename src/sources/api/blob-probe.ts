import { createHash } from 'node:crypto'
import type { BlobAnswer, BlobQuestion } from '../../check/ports.ts'
import { StoreError } from '../../check/store-error.ts'
import { type Digest, digestOf, hashAlgorithmOf } from '../../oci/digest.ts'
import { isSuccess, type Question, type RegistryClient } from './client.ts'
import { isMissing, refusal } from './refusal.ts'
import type { Answered, Head } from './wire.ts'

/** Asks for the configs and layers of one repository: whether they can be had, and at depth content whether they are right. */
export class BlobProbe {
  readonly #client: RegistryClient
  readonly #question: (digest: Digest, headers: Readonly<Record<string, string>>) => Question
  readonly #content: boolean
  readonly #signal: AbortSignal

  /** @param options.content whether every byte is fetched and hashed */
  constructor(
    client: RegistryClient,
    question: (digest: Digest, headers: Readonly<Record<string, string>>) => Question,
    options: { readonly content: boolean; readonly signal: AbortSignal },
  ) {
    this.#client = client
    this.#question = question
    this.#content = options.content
    this.#signal = options.signal
  }

  async ask({ digest, sizes, prove }: BlobQuestion): Promise<BlobAnswer> {
    const longest = Math.max(0, ...sizes)
    if (prove && this.#content) return this.#hashBlob(digest, longest)
    const probed = await this.#twice(digest, () => this.#probeTail(digest, longest))
    const differs = probed.is === 'present' && sizes.some((claimed) => claimed !== probed.bytes)
    return prove && differs && probed.bytes > 0 ? this.#hashBlob(digest, longest) : probed
  }

  /** A body that ends early may be the network's fault; a file that is too short ends at the same byte each time. */
  async #twice(digest: Digest, look: () => Promise<BlobAnswer | Cut>): Promise<BlobAnswer> {
    const first = await look()
    if (first.is !== 'cut') return first
    const second = await look()
    if (second.is !== 'cut') return second
    if (first.at !== second.at)
      throw new StoreError(`ended its answer early, after ${first.at} bytes and then after ${second.at}`, {
        code: 'STORE_UNREACHABLE',
        place: this.#client.url(this.#question(digest, {}).path).href,
      })
    return {
      is: 'absent',
      cause: 'not-served',
      evidence: { answer: 'a body that ends before its announced length, on two connections' },
    }
  }

  /**
   * One byte from the end: the server must open the file, which a HEAD does not make it do.
   * @see distribution: a blob descriptor cache answers HEAD after the file is gone
   */
  async #probeTail(digest: Digest, longest: number, range: string = FROM_THE_END): Promise<BlobAnswer | Cut> {
    let received = 0
    const question = this.#question(digest, { range })
    const open = ({ status }: Head) => {
      received = 0
      return (piece: Uint8Array): boolean => {
        received += piece.byteLength
        // Read to its end, a body of one byte leaves a connection that can be used again.
        return status === 206 ? received <= 1 : received < 1
      }
    }
    const answer = await this.#client.ask({ ...question, open, mayBeCut: true }, this.#signal)
    const evidence = { url: this.#client.url(question.path).href, status: answer.status }
    if (isMissing(answer, this.#client.url(''))) return { is: 'absent', cause: 'not-served', evidence }
    const present = (bytes: number): BlobAnswer => ({
      is: 'present',
      bytes,
      target: digest,
      measured: undefined,
      evidence,
    })
    if (REFUSING.has(answer.status) && range === FROM_THE_END && longest > 0)
      return this.#probeTail(digest, longest, `bytes=${longest - 1}-`)
    switch (answer.status) {
      case 416:
      case 206: {
        const total = totalOf(answer)
        if (total === 0) return present(0)
        if (answer.status === 206 && total !== undefined) return received > 0 ? present(total) : { is: 'cut', at: 0 }
        return this.#hashBlob(digest, longest)
      }
      case 200: {
        const length = answer.headers['content-length']
        if (typeof length !== 'string') return this.#hashBlob(digest, longest)
        return received > 0 || length === '0' ? present(Number(length)) : { is: 'cut', at: 0 }
      }
      default:
        throw refusal(answer, evidence.url, this.#client.tried)
    }
  }

  /** @param longest bytes that anybody claims of it */
  #hashBlob(digest: Digest, longest: number): Promise<BlobAnswer> {
    return this.#twice(digest, async () => {
      const algorithm = hashAlgorithmOf(digest)
      if (algorithm === undefined) throw new TypeError(`no way to hash for ${digest}`)
      let hash = createHash(algorithm)
      let bytes = 0
      const question: Question = { ...this.#question(digest, {}), isLong: true, mayBeCut: true }
      const open = ({ headers }: Head) => {
        hash = createHash(algorithm)
        bytes = 0
        const limit = headers['content-length'] === undefined ? SURPLUS * Math.max(longest, LEAST) : Infinity
        return (piece: Uint8Array): boolean => {
          hash.update(piece)
          bytes += piece.byteLength
          return bytes <= limit
        }
      }
      const answer = await this.#client.ask({ ...question, open }, this.#signal)
      const evidence = { url: this.#client.url(question.path).href, status: answer.status }
      if (isMissing(answer, this.#client.url(''))) return { is: 'absent', cause: 'not-served', evidence }
      if (!isSuccess(answer.status)) throw refusal(answer, evidence.url, this.#client.tried)
      if (answer.end === 'cut') return { is: 'cut', at: bytes }
      if (answer.end === 'enough')
        throw new StoreError(`sends more than ${bytes} bytes, and does not say how many there are`, {
          code: 'STORE_MALFORMED',
          place: evidence.url,
        })
      const measured = digestOf(algorithm, hash.digest('hex'))
      if (measured !== digest && /^text\/html\b/.test(String(answer.headers['content-type'])))
        throw new StoreError('sent a web page where a blob was due', { code: 'STORE_MALFORMED', place: evidence.url })
      return { is: 'present', bytes, target: digest, measured, evidence }
    })
  }
}

const FROM_THE_END = 'bytes=-1'
/**
 * How a store refuses a kind of range. Not each knows how to count from the end.
 * @see Azure Blob service, "Specifying the Range header": it speaks of two other kinds only
 */
const REFUSING: ReadonlySet<number> = new Set([400, 501])

interface Cut {
  readonly is: 'cut'
  /** Bytes that came. */
  readonly at: number
}

/** How many times as long as claimed a body may be whose length is not announced, so that it ends. */
const SURPLUS = 2
const LEAST = 1024 * 1024

// Bytes in all, from `Content-Range: bytes 5-5/6`.
function totalOf({ headers }: Answered): number | undefined {
  const total = /\/(\d+)$/.exec(String(headers['content-range']))?.[1]
  return total === undefined ? undefined : Number(total)
}
