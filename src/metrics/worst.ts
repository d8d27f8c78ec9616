import { compareText } from '../check/compare-text.ts'

/** The largest few of many counts, equal ones in the order of their names, and the sum of all others. */
export function worstOf(
  counts: ReadonlyMap<string, number>,
  most: number,
): { readonly named: readonly (readonly [string, number])[]; readonly others: number } {
  const named: (readonly [string, number])[] = []
  let others = 0
  for (const entry of counts) {
    const last = named[most - 1]
    if (last && !isWorse(entry, last)) {
      others += entry[1]
      continue
    }
    named.splice(placeOf(named, entry), 0, entry)
    others += named.length > most ? (named.pop()?.[1] ?? 0) : 0
  }
  return { named, others }
}

function placeOf(sorted: readonly (readonly [string, number])[], entry: readonly [string, number]): number {
  const place = sorted.findIndex((other) => isWorse(entry, other))
  return place === -1 ? sorted.length : place
}

function isWorse([name, count]: readonly [string, number], [otherName, other]: readonly [string, number]): boolean {
  return count === other ? compareText(name, otherName) < 0 : count > other
}
