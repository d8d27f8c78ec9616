import { child, itemsOf, type Node } from '../../yaml/node.ts'
import { combinations } from '../combinations.ts'

/** The values of a matrix in one job. */
export type Combination = ReadonlyMap<string, Node>

/** All jobs of a matrix, or why they are not known. */
export type MatrixRead =
  | { readonly combinations: readonly Combination[] }
  /** The end of a sentence. */
  | { readonly because: string }

/** GitHub makes at most 256 jobs of one. */
const MOST = 256

/**
 * The jobs of a matrix. Without a matrix there is one.
 *
 * @see Workflow syntax for GitHub Actions, "jobs.<job_id>.strategy.matrix", "include", "exclude"
 */
export function combinationsOf(matrix: Node | undefined): MatrixRead {
  if (matrix === undefined) return { combinations: [new Map()] }
  if (matrix.kind !== 'map') return { because: COMPUTED }
  const lists = new Map<string, readonly Node[]>()
  for (const [name, { value }] of matrix.entries) {
    if (value.kind !== 'list') return { because: COMPUTED }
    if (name !== 'include' && name !== 'exclude') lists.set(name, value.items)
  }
  const all = lists.size === 0 ? [] : combinations(lists, MOST)
  if (all === undefined) return { because: `its matrix makes more than ${MOST} jobs` }
  const excluded = itemsOf(child(matrix, 'exclude')).map(valuesOf)
  const kept = all.filter(
    (one) => !excluded.some((values) => [...values].every(([name, value]) => has(one, name, value))),
  )
  return { combinations: included(kept, itemsOf(child(matrix, 'include')).map(valuesOf)) }
}

const COMPUTED = 'its matrix is computed when the workflow runs'

/** An entry adds to all jobs whose own values it does not change. If there is none, it is a job of its own. */
function included(originals: readonly Combination[], entries: readonly Combination[]): readonly Combination[] {
  const jobs = originals.map((original) => ({ original, values: new Map(original) }))
  const added: Combination[] = []
  for (const entry of entries) {
    const fitting = jobs.filter(({ original }) =>
      [...entry].every(([name, value]) => !original.has(name) || has(original, name, value)),
    )
    for (const { values } of fitting) for (const [name, value] of entry) values.set(name, value)
    if (fitting.length === 0) added.push(entry)
  }
  return [...jobs.map(({ values }) => values), ...added]
}

function valuesOf(entry: Node): Combination {
  if (entry.kind !== 'map') return new Map()
  return new Map([...entry.entries].map(([name, { value }]) => [name, value]))
}

function has(combination: Combination, name: string, wanted: Node): boolean {
  const value = combination.get(name)
  return value !== undefined && isSame(value, wanted)
}

/** Whether a value has all that another asks for: mappings may have more. */
function isSame(value: Node, wanted: Node): boolean {
  if (wanted.kind === 'scalar') return value.kind === 'scalar' && value.value === wanted.value
  if (wanted.kind === 'list')
    return (
      value.kind === 'list' &&
      value.items.length === wanted.items.length &&
      wanted.items.every((item, at) => isSame(value.items[at] ?? item, item))
    )
  return [...wanted.entries].every(([name, { value: part }]) => {
    const own = child(value, name)
    return own !== undefined && isSame(own, part)
  })
}
