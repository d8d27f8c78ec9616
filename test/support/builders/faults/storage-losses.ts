import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { storagePaths } from '../storage-paths.ts'

/** A way in which storage can go away, or become other storage. */
export interface StorageLoss {
  readonly name: string
  vanish(root: string): void
}

/** Out of the root's own file tree, so that what is left looks as it does after an unmount. */
function movedAway(path: string): void {
  renameSync(path, `${path}.moved`)
}

function movedFrom(of: (root: string) => string): (root: string) => void {
  return (root) => renameSync(of(root), `${root}.${Math.random()}.moved`)
}

export const STORAGE_LOSSES: readonly StorageLoss[] = [
  { name: 'the root moved away', vanish: movedAway },
  {
    name: 'the root unmounted, its mount point left',
    vanish(root) {
      movedAway(root)
      mkdirSync(root)
    },
  },
  {
    name: 'the root replaced by another registry that is empty',
    vanish(root) {
      movedAway(root)
      mkdirSync(storagePaths(root).blobs, { recursive: true })
      mkdirSync(storagePaths(root).repositories, { recursive: true })
    },
  },
  { name: 'docker/ moved away', vanish: movedFrom((root) => join(root, 'docker')) },
  { name: 'v2/ moved away', vanish: movedFrom((root) => storagePaths(root).base) },
  { name: 'blobs/ moved away', vanish: movedFrom((root) => storagePaths(root).blobs) },
  {
    name: 'blobs/ empty',
    vanish(root) {
      const { blobs } = storagePaths(root)
      renameSync(blobs, `${root}.blobs.moved`)
      mkdirSync(blobs)
    },
  },
  { name: 'blobs/sha256 moved away', vanish: movedFrom((root) => join(storagePaths(root).blobs, 'sha256')) },
  { name: 'repositories/ moved away', vanish: movedFrom((root) => storagePaths(root).repositories) },
  {
    name: 'repositories/ replaced by an empty one',
    vanish(root) {
      const { repositories } = storagePaths(root)
      renameSync(repositories, `${root}.repositories.moved`)
      mkdirSync(repositories)
    },
  },
  {
    name: 'everything in repositories/ moved away',
    vanish(root) {
      const { repositories } = storagePaths(root)
      for (const name of readdirSync(repositories)) renameSync(join(repositories, name), `${root}.${name}.moved`)
    },
  },
]
