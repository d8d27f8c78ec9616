import { createHash } from 'node:crypto'

/** Choices that follow from a seed alone, so that a failing case can be run again. */
export interface Random {
  /** An integer from 0 up to, but not including, `below`. */
  int(below: number): number
  /** `undefined` only where there is nothing to pick from. */
  pick<T>(from: readonly T[]): T | undefined
  chance(probability: number): boolean
  shuffle<T>(from: readonly T[]): T[]
}

export function seeded(seed: string | number): Random {
  let drawn = 0
  const next = (): number => {
    const block = createHash('sha256').update(`${seed}/${drawn++}`).digest()
    return block.readUInt32BE(0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    int,
    pick: (from) => from[int(from.length)],
    chance: (probability) => next() < probability,
    shuffle: (from) => {
      const rest = [...from]
      const shuffled: (typeof rest)[number][] = []
      while (rest.length > 0) shuffled.push(...rest.splice(int(rest.length), 1))
      return shuffled
    },
  }
}
