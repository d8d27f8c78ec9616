import { join } from 'node:path'
import { askedBy } from './api-subject.ts'
import { bareLoop } from './api-throughput.ts'
import { inTurns } from './api-turns.ts'
import { writeRequests } from './requests.ts'
import type { Outcome, Row } from './row.ts'
import { atMost, type Bench, measured } from './section.ts'
import { type Served, serve } from './served.ts'
import type { Command } from './timing.ts'
import { repositoryName, tagName } from './tree.ts'
import { treeNamed } from './trees.ts'

export const checkLabels: readonly Omit<Row, 'outcome'>[] = [
  {
    what: '`check` of one image: time',
    against: 'beyond `node -e 0` and its requests',
    unit: 'ms',
    goal: atMost(150),
  },
  { what: '`node -e 0`: time', against: '–', unit: 'ms', goal: undefined },
]

/** So short that one hiccup of the machine doubles it: more rounds than the long ones get. */
const ROUNDS = 5

/** The requests alone are timed inside the bare loop, from the first to the last answer, all at once where they can be. */
export async function checkRows(bench: Bench): Promise<Outcome[]> {
  const { root } = treeNamed('reference', bench.directory)
  const asked = await askedBy(bench, (served) => void inTurns({ check: checkOf(served, bench) }, served, 1))
  const requests = writeRequests(join(bench.scratch, 'requests-check'), asked)
  const served = await serve(root, bench)
  try {
    const programs = {
      check: checkOf(served, bench),
      bare: bareLoop(served.url, requests),
      nothing: [process.execPath, '-e', '0'] as const,
    }
    inTurns(programs, served, 1)
    const { check, bare, nothing } = inTurns(programs, served, bench.runs * ROUNDS)
    const beyond = check.map(({ wall }, n) => (wall - (nothing[n]?.wall ?? 0) - Number(bare[n]?.said)) * 1000)
    return [measured(beyond), measured(nothing.map(({ wall }) => wall * 1000))]
  } finally {
    await served.stop()
  }
}

function checkOf({ url }: Served, { regfsck }: Bench): Command {
  return [...regfsck, 'check', `${url}/${repositoryName(0)}:${tagName(0)}`]
}
