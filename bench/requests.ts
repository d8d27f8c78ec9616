import { readFileSync, writeFileSync } from 'node:fs'
import type { Expected } from './tree.ts'

/** What a registry was asked, in the order in which it answered. */
export interface Asked {
  readonly method: string
  readonly path: string
}

/**
 * Read a registry's access log.
 *
 * @throws {Error} where something was asked that is no question: nothing here may write
 */
export function readAccessLog(file: string): Asked[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' HTTP/1.'))
    .map((line) => {
      const [, method, path] = /"(GET|HEAD) (\S+) HTTP/.exec(line) ?? []
      if (method === undefined || path === undefined) throw new Error(`no question: ${line}`)
      return { method, path }
    })
}

/** A scan asks once for a manifest that cannot be there, to learn whether a cache answers. */
const ABSENT = `sha256:${'0'.repeat(64)}`

/** A file of those that are answered, for those who ask the same again: `bare-loop.mjs` and `wrk.lua`. */
export function writeRequests(file: string, asked: readonly Asked[]): string {
  const answered = asked.filter(({ path }) => !path.endsWith(ABSENT))
  writeFileSync(file, answered.map(({ method, path }) => `${method} ${path}\n`).join(''))
  return file
}

/** One for each tag, manifest and blob of a repository, one page of tags for each repository, and one for `/v2/`. */
export function fewest({ repositories, tags, manifests, blobs }: Expected, depth: 'graph' | 'blobs'): number {
  return 1 + repositories + tags + manifests + (depth === 'graph' ? 0 : blobs)
}
