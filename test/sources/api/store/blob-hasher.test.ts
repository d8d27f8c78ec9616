import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../../src/oci/digest.ts'
import { BlobHasher } from '../../../../src/sources/api/store/blob-hasher.ts'

const bytes = Buffer.from('the bytes of a layer')
const digest = digestOf('sha256', createHash('sha256').update(bytes).digest('hex'))

/** Pieces of a size, as long as they are taken. @returns how many were taken */
function feed(body: BlobHasher, content: Buffer, piece: number, headers = {}): number {
  const take = body.open({ headers })
  for (let n = 0; n < content.byteLength; n += piece) if (!take(content.subarray(n, n + piece))) return n + piece
  return content.byteLength
}

describe.each([1, 3, 20, 1000])('a body in chunks of %i', (piece) => {
  it('is hashed', () => {
    const body = new BlobHasher(digest, bytes.byteLength)
    feed(body, bytes, piece)
    expect([body.digest(), body.bytes, body.startsRight]).toEqual([digest, bytes.byteLength, false])
  })

  it('is read up to one byte after the claimed size', () => {
    const long = Buffer.concat([bytes, Buffer.alloc(5000)])
    const announced = { 'content-length': '10000000000' }
    for (const headers of [{}, announced]) {
      const body = new BlobHasher(digest, bytes.byteLength)
      feed(body, long, piece, headers)
      expect([body.bytes, body.startsRight]).toEqual([bytes.byteLength + 1, true])
      const other = new BlobHasher(digest, bytes.byteLength - 1)
      feed(other, long, piece, headers)
      expect([other.bytes, other.startsRight]).toEqual([bytes.byteLength, false])
    }
  })

  it('is read whole if it is short and announces its length', () => {
    const body = new BlobHasher(digest, 1)
    feed(body, bytes, piece, { 'content-length': String(bytes.byteLength) })
    expect([body.digest(), body.bytes]).toEqual([digest, bytes.byteLength])
  })
})
