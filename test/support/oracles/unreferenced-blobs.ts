import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { storagePaths } from '../builders/storage-paths.ts'
import { targetIn } from '../command/run.ts'
import { regfsckHere } from '../command/run-in-process.ts'
import { collectGarbage } from '../servers/registry.ts'

/** Blobs that nothing needs: to the search for garbage, and to the dry run of the registry's own collection. */
export interface UnreferencedBlobs {
  readonly ours: readonly string[]
  readonly engine: readonly string[]
  /** Under which digest layers are stored that manifests name by sha512: the collection deletes them, needed or not. */
  readonly bySha512: ReadonlySet<string>
  /** What else the scan reports. */
  readonly findings: readonly string[]
}

/** @throws {Error} where the collection aborts, or the scan does not look for blobs */
export async function unreferencedBlobs(root: string): Promise<UnreferencedBlobs> {
  // What is young may belong to a push that is still under way.
  execFileSync('find', [root, '-exec', 'touch', '-h', '-d', '2020-01-01', '{}', '+'])
  const ran = await regfsckHere(['scan', '--garbage', '--output=json', '--recheck-delay=0', root])
  const { findings, complete, totals } = targetIn(ran)
  const { code, output } = await collectGarbage(root, { dryRun: true })
  if (code !== 0) throw new Error(output)
  if (!complete || totals?.manifests['damaged'] !== 0) throw new Error(`blobs were not searched: ${ran.stdout}`)
  const isBlob = ({ code: each }: { readonly code: string }) => each === 'blob-unreferenced'
  return {
    ours: findings.flatMap((each) => (isBlob(each) ? (each.digest ?? []) : [])).sort(),
    engine: [...output.matchAll(/blob eligible for deletion: (\S+)/g)].map(([, found = '']) => found).sort(),
    bySha512: namedBySha512(root),
    findings: findings.flatMap((each) => (isBlob(each) ? [] : `${each.code} ${each.cause}`)),
  }
}

function namedBySha512(root: string): ReadonlySet<string> {
  const { repositories } = storagePaths(root)
  const links = readdirSync(repositories, { recursive: true, encoding: 'utf8' })
  return new Set(
    links
      .filter((path) => path.includes('/_layers/sha512/') && path.endsWith('/link'))
      .map((path) => readFileSync(join(repositories, path), 'utf8')),
  )
}
