import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { proveComplete } from './proof.ts'
import { type Asked, fewest, readAccessLog, writeRequests } from './requests.ts'
import type { Bench } from './section.ts'
import { type Served, serve } from './served.ts'
import type { Command } from './timing.ts'
import { census, type Expected, REFERENCE, repositoryName } from './tree.ts'
import { type Tree, treeNamed } from './trees.ts'

export type Depth = 'graph' | 'blobs'

/** The first repositories of the reference tree, to be looked at through a registry. */
export interface Part {
  readonly expected: Expected
  /** Their names, one a line. */
  readonly names: string
}

export function partOf(repositories: number, scratch: string): Part {
  const names = join(scratch, `first-${repositories}`)
  writeFileSync(names, Array.from({ length: repositories }, (_, index) => `${repositoryName(index)}\n`).join(''))
  return { expected: census({ ...REFERENCE, repositories }), names }
}

export function scanOf(part: Part, url: string, depth: Depth, { regfsck }: Bench): Command {
  return [...regfsck, 'scan', '--depth', depth, '--repositories-from', part.names, url]
}

/** What a program asked of a registry. */
export interface Counted {
  /** A file of it, in the order of the answers. */
  readonly requests: string
  readonly count: number
  /** The same, as a share of the fewest that the work can be done with. */
  readonly share: number
}

/** Scan a part of the reference tree behind a registry that writes down what it is asked. */
export async function countRequests(part: Part, depth: Depth, bench: Bench): Promise<Counted> {
  const asked = await askedBy(bench, ({ url }) => {
    proveComplete(scanOf(part, url, depth, bench), { root: url, expected: expectedAt(depth, part) })
  })
  const requests = writeRequests(join(bench.scratch, `requests-${depth}`), asked)
  return { requests, count: asked.length, share: asked.length / fewest(part.expected, depth) }
}

/** The requests of whatever is done with a registry over the reference tree. */
export async function askedBy(bench: Bench, use: (served: Served) => void): Promise<Asked[]> {
  const { root } = treeNamed('reference', bench.directory)
  const accessLog = join(bench.scratch, 'access.log')
  const served = await serve(root, { scratch: bench.scratch, accessLog })
  try {
    use(served)
  } finally {
    await served.stop()
  }
  // The first is our own: whether it is up.
  return readAccessLog(accessLog).slice(1)
}

/** At depth graph no blob is looked at. */
function expectedAt(depth: Depth, { expected }: Part): Tree['expected'] {
  return depth === 'graph' ? { ...expected, blobs: 0 } : expected
}
