import type { BlobAnswer, BlobQuestion } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { Question, RegistryClient } from '../client/client.ts'
import { isMissing, refusal } from '../client/refusal.ts'
import type { Answered, Head, Take } from '../http/transport.ts'
import { BlobBody, lengthOf } from './blob-hasher.ts'

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
    const longest = sizes.length === 0 ? undefined : sizes.reduce((a, b) => Math.max(a, b))
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
      throw new StoreError(`closed the connection early, after ${first.at} bytes and then after ${second.at}`, {
        code: 'STORE_UNREACHABLE',
        place: this.#client.url(this.#question(digest, {}).path).href,
      })
    return {
      is: 'absent',
      cause: 'not-served',
      evidence: { answer: 'the body was shorter than announced, on two connections' },
    }
  }

  /**
   * One byte from the end: the server must open the file, which a HEAD does not make it do. A server that sends the whole
   * of it instead is read to the end: only that proves a length which is announced before.
   * @see distribution: a blob descriptor cache answers HEAD after the file is gone
   */
  async #probeTail(
    digest: Digest,
    longest: number | undefined,
    range: string = FROM_THE_END,
  ): Promise<BlobAnswer | Cut> {
    const body = new BlobBody(digest, longest)
    const question: Question = { ...this.#question(digest, { range }), isLong: true, mayBeCut: true }
    let received = 0
    const open = (head: Head): Take => {
      received = 0
      if (head.status !== 206) return body.open(head)
      return (piece) => {
        received += piece.byteLength
        // Read to its end, a body of one byte leaves a connection that can be used again.
        return received <= 1
      }
    }
    const answer = await this.#client.ask({ ...question, open }, this.#signal)
    const evidence = { url: this.#client.url(question.path).href, status: answer.status }
    if (isMissing(answer, this.#client.url(''))) return { is: 'absent', cause: 'not-served', evidence }
    if (REFUSING.has(answer.status))
      return range === FROM_THE_END && longest !== undefined && longest > 0
        ? this.#probeTail(digest, longest, `bytes=${longest - 1}-`)
        : this.#readWhole(digest, longest)
    switch (answer.status) {
      case 416:
      case 206: {
        const { end, total } = rangeOf(answer)
        if (total === 0) return { is: 'present', bytes: 0, target: digest, measured: undefined, evidence }
        if (answer.status === 416 || total === undefined || end !== total - 1) return this.#readWhole(digest, longest)
        if (received === 0) return { is: 'cut', at: 0 }
        return { is: 'present', bytes: total, target: digest, measured: undefined, evidence }
      }
      case 200:
        // An empty file has no last byte: servers answer with all of it.
        if (answer.end === 'whole' && body.bytes === 0)
          return { is: 'present', bytes: 0, target: digest, measured: undefined, evidence }
        return this.#wholeBody(digest, body, answer)
      default:
        throw refusal(answer, evidence.url, this.#client.tried)
    }
  }

  #hashBlob(digest: Digest, longest: number | undefined): Promise<BlobAnswer> {
    return this.#twice(digest, () => this.#readWhole(digest, longest))
  }

  /** @param longest bytes that anybody claims of it */
  async #readWhole(digest: Digest, longest: number | undefined): Promise<BlobAnswer | Cut> {
    const body = new BlobBody(digest, longest)
    const question: Question = { ...this.#question(digest, {}), isLong: true, mayBeCut: true, open: body.open }
    const answer = await this.#client.ask(question, this.#signal)
    const evidence = { url: this.#client.url(question.path).href, status: answer.status }
    if (isMissing(answer, this.#client.url(''))) return { is: 'absent', cause: 'not-served', evidence }
    if (answer.status !== 200) throw refusal(answer, evidence.url, this.#client.tried)
    return this.#wholeBody(digest, body, answer)
  }

  #wholeBody(digest: Digest, body: BlobBody, { end, status, headers }: Answered): BlobAnswer | Cut {
    const url = this.#client.url(this.#question(digest, {}).path).href
    const evidence = { url, status }
    if (end === 'cut') return { is: 'cut', at: body.bytes }
    const measured = body.digest()
    const malformed = (what: string): StoreError => new StoreError(what, { code: 'STORE_MALFORMED', place: url })
    if (measured !== digest && /^text\/html\b/.test(String(headers['content-type'])))
      throw malformed('sent a web page instead of a blob')
    if (end === 'whole') return { is: 'present', bytes: body.bytes, target: digest, measured, evidence }
    if (!body.startsRight)
      throw malformed(
        `sends more than the ${body.bytes - 1} claimed bytes; the rest was not read, so either the blob or the claim is wrong`,
      )
    const bytes = lengthOf(headers) ?? body.bytes
    return { is: 'present', bytes, target: digest, measured, evidence: { ...evidence, readBytes: body.bytes } }
  }
}

const FROM_THE_END = 'bytes=-1'
/**
 * How stores and proxies refuse a range. Not each knows how to count from the end, and some take no range at all. Whether
 * they refuse the blob itself, the question without a range tells.
 * @see Azure Blob service, "Specifying the Range header": it speaks of two other kinds only
 */
const REFUSING: ReadonlySet<number> = new Set([400, 403, 405, 406, 500, 501])

interface Cut {
  readonly is: 'cut'
  /** Bytes that came. */
  readonly at: number
}

/** From `Content-Range: bytes 5-5/6`. Of an empty file Go's server says `bytes 0--1/0`. */
function rangeOf({ headers }: Answered): { readonly end: number | undefined; readonly total: number | undefined } {
  const range = String(headers['content-range'])
  const [end, total] = [/\d-(\d+)\//, /\/(\d+)\s*$/].map((pattern) => pattern.exec(range)?.[1])
  return { end: end === undefined ? undefined : Number(end), total: total === undefined ? undefined : Number(total) }
}
