import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { algorithmOf, digestOf, encodedOf, hashAlgorithmOf, isDigest, parseDigest } from '../../src/oci/digest.ts'
import { fc } from '../support/fast-check.ts'

const hex = (length: number): string => 'a0'.repeat(length / 2)

describe('the grammar of a digest', () => {
  it.each([
    ['sha256 with 64 hex digits', `sha256:${hex(64)}`],
    ['sha384 with 96', `sha384:${hex(96)}`],
    ['sha512 with 128', `sha512:${hex(128)}`],
    ['an algorithm that is not registered', 'blake3:abc'],
    ['an algorithm of several parts', 'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8'],
    ['every separator between the parts', 'a+b.c_d-e:x'],
    ['the last two characters of base64url', 'x:A_-='],
    ['the longest that is looked at, 512 characters', `x:${'y'.repeat(510)}`],
  ])('takes %s', (_, text) => {
    expect(isDigest(text)).toBe(true)
    expect(parseDigest(text)).toBe(text)
  })

  it.each([
    ['nothing', ''],
    ['no colon', `sha256${hex(64)}`],
    ['nothing before the colon', `:${hex(64)}`],
    ['nothing after the colon', 'sha256:'],
    ['a registered algorithm with a digit too few', `sha256:${hex(64).slice(1)}`],
    ['a registered algorithm with a digit too many', `sha256:${hex(64)}0`],
    ['upper case hex', `sha256:${hex(64).toUpperCase()}`],
    ['an upper case algorithm', `SHA256:${hex(64)}`],
    ['sha512 with the length of sha256', `sha512:${hex(64)}`],
    ['a newline at the end', `sha256:${hex(64)}\n`],
    ['a space before it', ` sha256:${hex(64)}`],
    ['a path', 'sha256:../../../etc/passwd'],
    ['a path under an unknown algorithm', 'x:../../y'],
    ['a slash in the algorithm', `../sha256:${hex(64)}`],
    ['two separators side by side', 'a++b:x'],
    ['a separator at the end of the algorithm', 'a+:x'],
    ['a NUL', 'x:a\0b'],
    ['a second colon', 'x:a:b'],
    ['513 characters', `x:${'y'.repeat(511)}`],
  ])('refuses %s', (_, text) => {
    expect(isDigest(text)).toBe(false)
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ name: 'InputError', code: 'DIGEST_INVALID' }))
  })

  it('quotes the refused text on one line, cut at 200 characters', () => {
    expect(() => parseDigest('a\nb')).toThrow('not a digest: "a\\nb"')
    expect(() => parseDigest('!'.repeat(300))).toThrow(/^not a digest: "!{200}"$/)
  })

  it('takes every digest that a registered algorithm can make, and never a shortened one', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256', 'sha384', 'sha512'), (bytes, algorithm) => {
        const made = digestOf(algorithm, createHash(algorithm).update(bytes).digest('hex'))
        expect(isDigest(made)).toBe(true)
        expect(isDigest(made.slice(0, -1))).toBe(false)
        expect(hashAlgorithmOf(made)).toBe(algorithm)
      }),
    )
  })

  it('holds nothing that could lead out of a directory', () => {
    const unit = fc.constantFrom('a', '0', '.', '/', '\\', '-', '+', '\0', '\n', ' ')
    const digests = fc
      .sample(fc.tuple(fc.string({ unit, maxLength: 5 }), fc.string({ unit, maxLength: 5 })), {
        numRuns: 20_000,
        seed: 1,
      })
      .map(([before, after]) => `${before}:${after}`)
      .filter(isDigest)
    expect(digests.length).toBeGreaterThan(50)
    for (const digest of digests) expect(digest).not.toMatch(/[/\\\0\s]|\.\.|\.:|:.*\./)
  })
})

describe('the parts of a digest', () => {
  it('are what stands on each side of the colon', () => {
    const digest = parseDigest('a+b:c_d=')
    expect([algorithmOf(digest), encodedOf(digest)]).toEqual(['a+b', 'c_d='])
  })

  it.each(['sha256', 'sha384', 'sha512'] as const)('name %s as an algorithm to verify with', (algorithm) => {
    const length = { sha256: 64, sha384: 96, sha512: 128 }[algorithm]
    expect(hashAlgorithmOf(parseDigest(`${algorithm}:${hex(length)}`))).toBe(algorithm)
  })

  it.each(['sha1:abc', 'sha2567:abc', 'blake3:abc', 'xsha256:abc'])('name no algorithm to verify %s with', (text) => {
    expect(hashAlgorithmOf(parseDigest(text))).toBeUndefined()
  })
})
