/**
 * All ways to take one value of each list, in the order of the lists: the last list changes fastest.
 *
 * @param most with more results than this, there are none
 */
export function combinations<Value>(
  lists: ReadonlyMap<string, readonly Value[]>,
  most: number,
): readonly ReadonlyMap<string, Value>[] | undefined {
  let count = 1
  for (const values of lists.values()) count *= values.length
  if (count > most) return undefined
  let all: readonly ReadonlyMap<string, Value>[] = [new Map()]
  for (const [name, values] of lists)
    all = all.flatMap((one) => values.map((value) => new Map([...one, [name, value]])))
  return all
}
