import { describe, expect, it } from 'vitest'
import { DigestTable, KEY } from '../../../src/sources/distribution/proof/digest-table.ts'
import { fc } from '../../support/fast-check.ts'

/** Keys that often collide: few first bytes, and few last ones. */
const key = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3 }))
  .map(([first, middle, last]) => {
    const bytes = new Uint8Array(KEY)
    bytes[0] = first
    bytes[KEY / 2] = middle
    bytes[KEY - 1] = last
    return bytes
  })

describe('a table of digests', () => {
  it('holds what a set would hold, however far it grows', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 400 }), fc.array(key), (added, asked) => {
        const table = new DigestTable(4)
        const set = new Set<string>()
        for (const each of added) {
          expect(table.add(each)).toBe(!set.has(nameOf(each)))
          set.add(nameOf(each))
        }
        expect(table.size).toBe(set.size)
        for (const each of [...added, ...asked]) expect(DigestTable.has(table.shared, each)).toBe(set.has(nameOf(each)))
      }),
    )
  })

  it.each([1, 2, 3, 4, 8])(
    'keeps a free place where it is made for %i, or a search for what is not there would not end',
    (capacity) => {
      const table = new DigestTable(capacity)
      for (let n = 0; n < capacity; n++) {
        table.add(new Uint8Array(KEY).fill(n))
        expect(table.shared.used.includes(0)).toBe(true)
      }
    },
  )

  it('takes a key from the middle of many', () => {
    const many = new Uint8Array(KEY * 3).fill(1, KEY, KEY * 2)
    const table = new DigestTable()
    table.add(many, KEY)
    expect(DigestTable.has(table.shared, new Uint8Array(KEY).fill(1))).toBe(true)
    expect(DigestTable.has(table.shared, many, KEY)).toBe(true)
    expect(DigestTable.has(table.shared, many, 0)).toBe(false)
  })

  it('knows the key of nothing but zeros from no key at all', () => {
    const zeros = new Uint8Array(KEY)
    const table = new DigestTable()
    expect(DigestTable.has(table.shared, zeros)).toBe(false)
    expect(table.add(zeros)).toBe(true)
    expect(DigestTable.has(table.shared, zeros)).toBe(true)
  })

  it('lies in memory that threads share', () => {
    const { keys, used } = new DigestTable().shared
    expect([keys.buffer, used.buffer]).toEqual([expect.any(SharedArrayBuffer), expect.any(SharedArrayBuffer)])
  })
})

function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
