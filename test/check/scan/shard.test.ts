import { describe, expect, it } from 'vitest'
import { isInShard, parseShard, type Shard, shardText } from '../../../src/check/scan/shard.ts'

describe('a shard of the repositories', () => {
  // By hand: printf %s infra-ci | sha256sum | cut -c1-12, as a hexadecimal number, modulo the number of slices.
  it.each([
    ['app', [3, 1, 1]],
    ['team/app', [0, 0, 6]],
    ['library/alpine', [0, 1, 0]],
    ['infra-ci', [0, 1, 6]],
  ])('contains %s in every version', (repository, [of4 = 0, of3 = 0, of10 = 0]) => {
    expect(holders(repository, 4)).toEqual([of4])
    expect(holders(repository, 3)).toEqual([of3])
    expect(holders(repository, 10)).toEqual([of10])
  })

  it('shares no repository with others, and has about as many', () => {
    const names = Array.from({ length: 4000 }, (_, n) => `team-${n % 40}/service-${n}`)
    const sizes = [0, 0, 0, 0, 0, 0, 0]
    for (const name of names) {
      const held = holders(name, sizes.length)
      expect(held).toHaveLength(1)
      sizes[held[0] ?? 0] = (sizes[held[0] ?? 0] ?? 0) + 1
    }
    for (const size of sizes) expect(Math.abs(size - 4000 / 7)).toBeLessThan(90)
  })

  it('is everything if there is only one', () => {
    expect(holders('any/name', 1)).toEqual([0])
  })
})

describe('the text of a shard', () => {
  it.each(['0/1', '0/4', '3/4', '999/1000'])('accepts %s, and prints it unchanged', (text) => {
    const shard = parseShard(text)
    expect(shard && shardText(shard)).toBe(text)
  })

  it.each(['4/4', '5/4', '0/0', '-1/4', '1', '/4', '1/', '1/4/2', ' 1/4', '0x1/4', '1.0/4', '0/1001', '', 'a/b'])(
    'is never %j',
    (text) => {
      expect(parseShard(text)).toBeUndefined()
    },
  )
})

/** The slices that a repository is in. */
function holders(repository: string, of: number): number[] {
  const shards = Array.from({ length: of }, (_, index): Shard => ({ index, of }))
  return shards.filter((shard) => isInShard(repository, shard)).map(({ index }) => index)
}
