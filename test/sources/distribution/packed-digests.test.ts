import { describe, expect, it } from 'vitest'
import { parseDigest } from '../../../src/oci/digest.ts'
import { DigestPacker, unpackDigest } from '../../../src/sources/distribution/proof/packed-digests.ts'
import { digestOf } from '../../support/builders/images.ts'

describe('packed digests', () => {
  it.each([0, 1, 63, 64, 65, 1000])('give back %i digests and sizes in their order', (count) => {
    const digests = Array.from({ length: count }, (_, n) => parseDigest(digestOf(Buffer.from(`blob ${n}`))))
    const packer = new DigestPacker()
    for (const [n, digest] of digests.entries()) packer.push(digest, n * 2 ** 40)
    const { keys, sizes } = packer.pack()
    expect(keys).toHaveLength(count * 32)
    expect([...sizes]).toEqual(digests.map((_, n) => n * 2 ** 40))
    expect(digests.map((_, n) => unpackDigest(keys, n))).toEqual(digests)
  })

  it('can be handed to another thread whole', () => {
    const packer = new DigestPacker()
    packer.push(parseDigest(digestOf(Buffer.from('blob'))), 4)
    const packed = packer.pack()
    const { keys, sizes } = structuredClone(packed)
    expect([[...keys], [...sizes]]).toEqual([[...packed.keys], [...packed.sizes]])
    expect(packed.keys.buffer.byteLength).toBe(32)
  })
})
