import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { contentCensus, GIBIBYTE, writeContent } from './content.ts'
import { generate } from './generated.ts'
import type { Written } from './layout.ts'
import { census, type Expected, REFERENCE, writeTree } from './tree.ts'

export type TreeName = 'reference' | 'tenfold' | 'content'

export interface Tree {
  readonly root: string
  readonly expected: Expected
}

const TENFOLD = { ...REFERENCE, repositories: REFERENCE.repositories * 10 }
const CONTENT = 2 * GIBIBYTE

const recipes: Readonly<Record<TreeName, { write: (root: string) => Written; expected: Expected }>> = {
  reference: { write: (root) => writeTree(root, REFERENCE), expected: census(REFERENCE) },
  tenfold: { write: (root) => writeTree(root, TENFOLD), expected: census(TENFOLD) },
  content: { write: (root) => writeContent(root, CONTENT), expected: contentCensus(CONTENT) },
}

/** The tree of that name under `directory`, made now unless an earlier run made it. */
export function treeNamed(name: TreeName, directory: string): Tree {
  const root = join(directory, name)
  const { write, expected } = recipes[name]
  if (!existsSync(root)) {
    console.error(`making ${root}`)
    generate(root, write)
  }
  return { root, expected }
}
