import { child, itemsOf, type Node } from '../../yaml/node.ts'
import { combinations } from '../combinations.ts'

/** More than Woodpecker makes of one. */
const MOST = 256

/**
 * The values of a matrix in each of its workflows. Without a matrix there is one.
 *
 * @returns `undefined` where there are too many
 * @see Woodpecker, "Matrix workflows": lists of values, or all combinations under `include`
 */
export function matrixOf(matrix: Node | undefined): readonly ReadonlyMap<string, string>[] | undefined {
  const included = child(matrix, 'include')
  if (included !== undefined) return itemsOf(included).map(textsOf)
  if (matrix?.kind !== 'map') return [new Map()]
  const lists = [...matrix.entries].map(([name, { value }]) => [name, textsIn(value)] as const)
  return combinations(new Map(lists), MOST)
}

function textsOf(entry: Node): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  if (entry.kind !== 'map') return texts
  for (const [name, { value }] of entry.entries) if (value.kind === 'scalar') texts.set(name, value.text)
  return texts
}

/** The values as they are written: `1.10` stays `1.10`. */
function textsIn(list: Node): readonly string[] {
  return itemsOf(list).flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
}
