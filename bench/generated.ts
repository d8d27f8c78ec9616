import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Written } from './layout.ts'

/**
 * Write a tree that is there completely or not at all: it grows as `<root>.part` and gets its name when it is done.
 *
 * @throws {Error} when `root` or its `.part` exists: nothing is written over, and nothing is deleted
 */
export function generate(root: string, write: (part: string) => Written): Written {
  const part = `${root}.part`
  for (const path of [root, part])
    if (existsSync(path)) throw new Error(`${path} exists; remove it first, or name another directory`)
  mkdirSync(dirname(root), { recursive: true })
  const written = write(part)
  renameSync(part, root)
  return written
}
