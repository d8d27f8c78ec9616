import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { countRequests, partOf, scanOf } from './api-subject.ts'
import { inTurns } from './api-turns.ts'
import { type Outcome, type Row, ratios } from './row.ts'
import { atLeast, atMost, type Bench, measured } from './section.ts'
import { serve } from './served.ts'
import { repositoryName, tagName } from './tree.ts'
import { treeNamed } from './trees.ts'

/** 2,000 tags for the scan; the shell gets one of each repository. */
const REPOSITORIES = 40

const SUBJECT = 'API, depth `graph`'

export const graphLabels: readonly Omit<Row, 'outcome'>[] = [
  { what: `${SUBJECT}: requests`, against: 'the fewest possible', unit: '×', goal: atMost(1.02) },
  { what: `${SUBJECT}: tags a second`, against: '`curl` and `jq`, one after the other', unit: '×', goal: atLeast(10) },
]

/** The times are those for one tag. */
export async function graphRows(bench: Bench): Promise<Outcome[]> {
  const { root } = treeNamed('reference', bench.directory)
  const part = partOf(REPOSITORIES, bench.scratch)
  const { share } = await countRequests(part, 'graph', bench)
  const served = await serve(root, bench)
  try {
    const shell = ['sh', join(import.meta.dirname, 'shell-probe.sh'), served.url, sample(bench.scratch)] as const
    const scan = scanOf(part, served.url, 'graph', bench)
    inTurns({ scan }, served, 1)
    const turns = inTurns({ scan, shell }, served, bench.runs)
    const rounds = turns.shell.map(({ wall }, n) => ({
      shell: wall / REPOSITORIES,
      scan: (turns.scan[n]?.wall ?? Number.NaN) / part.expected.tags,
    }))
    return [measured([share]), ratios(rounds, 'shell', 'scan')]
  } finally {
    await served.stop()
  }
}

function sample(scratch: string): string {
  const file = join(scratch, 'sample')
  const line = (_: unknown, index: number) => `${repositoryName(index)} ${tagName(index)}\n`
  writeFileSync(file, Array.from({ length: REPOSITORIES }, line).join(''))
  return file
}
