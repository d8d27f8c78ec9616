import type { BlobAnswer, BlobQuestion } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { RegistryRequest, RegistryResponse } from '../client/registry-request.ts'
import { WebPageError } from '../client/web-page.ts'
import type { BodySink, ResponseHead } from '../http/http-request.ts'
import { BlobHasher, contentLengthOf } from './blob-hasher.ts'
import type { RepositoryClient } from './repository-client.ts'

/** Checks whether the blobs of one repository can be fetched; at depth content, whether their bytes are right. */
export class BlobProbe {
  readonly #repository: RepositoryClient
  readonly #content: boolean

  /** @param content whether to fetch and hash every byte */
  constructor(repository: RepositoryClient, content: boolean) {
    this.#repository = repository
    this.#content = content
  }

  /** @throws {StoreError} if unknown */
  async probe({ digest, sizes, prove }: BlobQuestion): Promise<BlobAnswer> {
    const longest = sizes.length === 0 ? undefined : sizes.reduce((a, b) => Math.max(a, b))
    const hash = (): Promise<BlobAnswer> => this.#twice(digest, () => this.#hashAll(digest, longest))
    if (prove && this.#content) return hash()
    const tail = await this.#twice(digest, () => this.#probeTail(digest, longest))
    const differs = tail.is === 'present' && sizes.some((claimed) => claimed !== tail.bytes)
    return prove && differs && tail.bytes > 0 ? hash() : tail
  }

  /** A body may be cut by the network, at any byte. A file that is too short ends at the same byte each time. */
  async #twice(digest: Digest, fetch: () => Promise<BlobAnswer | CutBody>): Promise<BlobAnswer> {
    const first = await fetch()
    if (first.is !== 'cut') return first
    const second = await fetch()
    if (second.is !== 'cut') return second
    if (first.at !== second.at)
      throw new StoreError(`closed the connection early, after ${first.at} bytes and then after ${second.at}`, {
        code: 'STORE_UNREACHABLE',
        place: this.#repository.url(this.#request(digest)),
      })
    return {
      is: 'absent',
      cause: 'not-served',
      evidence: { answer: 'the body was shorter than announced, on two connections' },
    }
  }

  /**
   * Fetches the last byte, for which the server must open the file; for a HEAD it need not. If the server sends the whole
   * blob instead, reads it to the end: an announced length alone proves nothing.
   *
   * @see distribution: a blob descriptor cache answers HEAD after the file is gone
   */
  async #probeTail(digest: Digest, longest: number | undefined, range = LAST_BYTE): Promise<BlobAnswer | CutBody> {
    const tail = new TailSink(digest, longest)
    const request = { ...this.#request(digest, { range }), sink: tail.open }
    const response = await this.#repository.send(request)
    const { status } = response
    const evidence = { url: this.#repository.url(request), status }
    if (this.#repository.isMissing(response)) return { is: 'absent', cause: 'not-served', evidence }
    if (RANGE_REFUSED.has(status)) {
      const isCountable = range === LAST_BYTE && longest !== undefined && longest > 0
      return isCountable ? this.#probeTail(digest, longest, `bytes=${longest - 1}-`) : this.#hashAll(digest, longest)
    }
    const present = (bytes: number): BlobAnswer => {
      return { is: 'present', bytes, target: digest, measured: undefined, evidence }
    }
    if (status === 206 || status === 416) {
      const { end, total } = contentRangeOf(response)
      if (total === 0) return present(0)
      if (status === 416 || total === undefined || end !== total - 1) return this.#hashAll(digest, longest)
      return tail.bytes === 0 ? { is: 'cut', at: 0 } : present(total)
    }
    if (status !== 200) throw this.#repository.refusal(request, response)
    // An empty file has no last byte: servers answer with all of it.
    if (response.end === 'whole' && tail.whole.bytes === 0) return present(0)
    return this.#judgeWhole(digest, tail.whole, response)
  }

  /** @param longest the largest size that a manifest claims */
  async #hashAll(digest: Digest, longest: number | undefined): Promise<BlobAnswer | CutBody> {
    const hasher = new BlobHasher(digest, longest)
    const request = { ...this.#request(digest), sink: hasher.open }
    const response = await this.#repository.send(request)
    const evidence = { url: this.#repository.url(request), status: response.status }
    if (this.#repository.isMissing(response)) return { is: 'absent', cause: 'not-served', evidence }
    if (response.status !== 200) throw this.#repository.refusal(request, response)
    return this.#judgeWhole(digest, hasher, response)
  }

  #judgeWhole(digest: Digest, hasher: BlobHasher, { end, status, headers }: RegistryResponse): BlobAnswer | CutBody {
    const url = this.#repository.url(this.#request(digest))
    const evidence = { url, status }
    if (end === 'cut') return { is: 'cut', at: hasher.bytes }
    const measured = hasher.digest()
    if (measured !== digest && /^text\/html\b/.test(String(headers['content-type'])))
      throw new WebPageError('blob', url)
    if (end === 'whole') return { is: 'present', bytes: hasher.bytes, target: digest, measured, evidence }
    if (!hasher.startsRight)
      throw new StoreError(
        `sends more than the ${hasher.bytes - 1} claimed bytes; the rest was not read, so either the blob or the claim is wrong`,
        { code: 'STORE_MALFORMED', place: url },
      )
    const bytes = contentLengthOf(headers) ?? hasher.bytes
    return { is: 'present', bytes, target: digest, measured, evidence: { ...evidence, readBytes: hasher.bytes } }
  }

  #request(digest: Digest, headers: Readonly<Record<string, string>> = {}): RegistryRequest {
    return {
      ...this.#repository.request('GET', `blobs/${digest}`, headers),
      hasLongBody: true,
      acceptsPartialBody: true,
    }
  }
}

/** Takes the one byte of a 206, or hashes the whole blob of a 200. */
class TailSink {
  /** The hasher of the whole blob, if the server ignores the range. */
  readonly whole: BlobHasher
  /** Bytes of a 206. */
  bytes = 0

  constructor(digest: Digest, longest: number | undefined) {
    this.whole = new BlobHasher(digest, longest)
  }

  readonly open = (head: ResponseHead): BodySink => {
    this.bytes = 0
    if (head.status !== 206) return this.whole.open(head)
    return (chunk) => {
      this.bytes += chunk.byteLength
      // A body of one byte is read to its end, so that the connection can be reused.
      return this.bytes <= 1
    }
  }
}

const LAST_BYTE = 'bytes=-1'
/**
 * How stores and proxies refuse a range: some do not support a range from the end, some no range at all. A request without
 * a range shows whether it is the blob that they refuse.
 *
 * @see Azure Blob service, "Specifying the Range header": only two other forms are supported
 */
const RANGE_REFUSED: ReadonlySet<number> = new Set([400, 403, 405, 406, 500, 501])

interface CutBody {
  readonly is: 'cut'
  /** Bytes that came. */
  readonly at: number
}

/** From `Content-Range: bytes 5-5/6`. Go's server answers `bytes 0--1/0` for an empty file. */
function contentRangeOf({ headers }: ResponseHead): {
  readonly end: number | undefined
  readonly total: number | undefined
} {
  const range = String(headers['content-range'])
  const [end, total] = [/\d-(\d+)\//, /\/(\d+)\s*$/].map((pattern) => pattern.exec(range)?.[1])
  return { end: end === undefined ? undefined : Number(end), total: total === undefined ? undefined : Number(total) }
}
