import { spawnSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { type Command, cleanEnv } from './timing.ts'
import type { Tree } from './trees.ts'

interface Report {
  readonly verdict: string
  readonly targets: readonly { readonly totals: Readonly<Record<string, unknown>> }[]
}

/**
 * Before anything is timed: does the scan do the whole job? A fast answer that left half of the tree out is no answer.
 *
 * @throws {Error} unless the report is clean and counts everything that the generator wrote
 */
export function proveComplete(scan: Command, tree: Tree): void {
  const [program, ...args] = [...scan, '--output', 'json'] as const
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env: cleanEnv(), maxBuffer: 2 ** 26 })
  if (error) throw error
  const { verdict, targets } = parse(stdout, stderr)
  const { repositories, tags, manifests, blobs } = tree.expected
  const expected = {
    repositories,
    tags: { intact: tags, degraded: 0, unpullable: 0, unchecked: 0 },
    manifests: { intact: manifests, damaged: 0, unchecked: 0, skipped: 0 },
    blobs: { intact: blobs, damaged: 0, unchecked: 0, skipped: 0 },
    manifestsNotReproved: 0,
  }
  // Storage is always read; only a registry's manifests may be taken from an earlier run.
  const found = targets.map(({ totals }) => ({ manifestsNotReproved: 0, ...totals }))
  if (verdict === 'clean' && isDeepStrictEqual(found, [expected])) return
  throw new Error(`${tree.root} is whole, but the scan says ${verdict}: ${JSON.stringify(found)}`)
}

function parse(stdout: string, stderr: string): Report {
  try {
    return JSON.parse(stdout) as Report
  } catch (cause) {
    throw new Error(`the scan gave no report: ${stderr.slice(-2000)}`, { cause })
  }
}
