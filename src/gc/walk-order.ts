import type { Inventory, RepositoryInventory } from './inventory.ts'
import type { GcRun } from './outcome.ts'

/**
 * The repositories that a collection visits, in its order. The order matters: 3.x decides on the layer links of a repository
 * before it has seen the next.
 */
export function visitedRepositories(inventory: Inventory, { engine, driver }: GcRun): readonly RepositoryInventory[] {
  const { found } = inventory.repositories
  if (engine === '2.8') {
    const isHidden = hiddenIn(inventory)
    return found.filter(({ name, layersEntry }) => layersEntry !== 'missing' && !isHidden(`${name}/_layers`))
  }
  const visited = found.filter(({ manifestsEntry }) => manifestsEntry !== 'missing')
  if (driver === 'filesystem') return visited
  // A listing of keys: a byte at a time, and `-` and `.` come before `/`.
  return visited.toSorted((a, b) => compareBytes(`${a.name}/_manifests/`, `${b.name}/_manifests/`))
}

/** Compares text by its bytes in UTF-8, as Go does. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/**
 * Whether 2.8 never comes to an entry. A file whose name begins with `_` ends the walk of its directory.
 *
 * @see distribution 2.8, `WalkFallback`: `ErrSkipDir` for a file
 */
function hiddenIn({ v2, repositories }: Inventory): (path: string) => boolean {
  const start = `${v2}/repositories/`.length
  const files = repositories.underscoredFiles.map((path) => {
    const file = path.slice(start)
    const cut = file.lastIndexOf('/') + 1
    return { within: file.slice(0, cut), name: file.slice(cut) }
  })
  return (path) =>
    files.some(({ within, name }) => {
      if (!path.startsWith(within)) return false
      const [next = ''] = path.slice(within.length).split('/', 1)
      return compareBytes(next, name) > 0
    })
}
