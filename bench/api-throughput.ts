import { join } from 'node:path'
import { countRequests, partOf, scanOf } from './api-subject.ts'
import { inTurns, type Turn } from './api-turns.ts'
import { type Outcome, type Row, ratios } from './row.ts'
import { atLeast, atMost, type Bench, measured, skipped } from './section.ts'
import { serve } from './served.ts'
import { type Command, installed } from './timing.ts'
import { treeNamed } from './trees.ts'

/** 2,000 tags. */
const REPOSITORIES = 40
const CONNECTIONS = '16'
const WRK_SECONDS = 4

const SUBJECT = 'API, depth `blobs`'
const LOOP = 'bare undici loop, same requests'

export const throughputLabels: readonly Omit<Row, 'outcome'>[] = [
  { what: `${SUBJECT}: requests`, against: 'the fewest possible', unit: '×', goal: atMost(1.02) },
  { what: `${SUBJECT}: requests a second`, against: LOOP, unit: '×', goal: atLeast(0.95) },
  { what: `${SUBJECT}: own processor time`, against: LOOP, unit: '×', goal: undefined },
  { what: `${SUBJECT}: the registry's processor time`, against: LOOP, unit: '×', goal: undefined },
  { what: `${SUBJECT}: requests a second`, against: '–', unit: '/s', goal: undefined },
  { what: `${LOOP}: requests a second`, against: '–', unit: '/s', goal: undefined },
  { what: '`wrk -t1 -c16`, same requests: requests a second', against: '–', unit: '/s', goal: undefined },
]

export async function throughputRows(bench: Bench): Promise<Outcome[]> {
  const { root } = treeNamed('reference', bench.directory)
  const part = partOf(REPOSITORIES, bench.scratch)
  const { requests, count, share } = await countRequests(part, 'blobs', bench)
  const served = await serve(root, bench)
  try {
    const bare = bareLoop(served.url, requests)
    inTurns({ bare }, served, 1)
    const programs = { scan: scanOf(part, served.url, 'blobs', bench), bare }
    const turns: Readonly<Record<'scan' | 'bare', readonly Turn[]>> & { wrk?: readonly Turn[] } = installed('wrk')
      ? inTurns({ ...programs, wrk: wrk(served.url, requests) }, served, bench.runs)
      : inTurns(programs, served, bench.runs)
    const rates = (timed: readonly Turn[]) => measured(timed.map(({ wall }) => count / wall))
    const { scan, bare: loop } = turns
    return [
      measured([share]),
      compared(loop, scan, 'wall'),
      compared(scan, loop, 'own'),
      compared(scan, loop, 'registry'),
      rates(scan),
      rates(loop),
      turns.wrk ? measured(turns.wrk.map(({ said }) => rateOfWrk(said))) : skipped('without wrk'),
    ]
  } finally {
    await served.stop()
  }
}

/** The same requests on as many connections, with nothing made of the answers. */
export function bareLoop(url: string, requests: string): Command {
  return [process.execPath, join(import.meta.dirname, 'bare-loop.mjs'), url, requests, CONNECTIONS]
}

function wrk(url: string, requests: string): Command {
  const script = join(import.meta.dirname, 'wrk.lua')
  return ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${WRK_SECONDS}s`, '-s', script, url, '--', requests]
}

function rateOfWrk(said: string): number {
  const rate = Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(said)?.[1])
  if (!(rate > 0) || /Non-2xx|Socket errors/.test(said)) throw new Error(`wrk did not get its answers:\n${said}`)
  return rate
}

function compared(over: readonly Turn[], under: readonly Turn[], what: 'wall' | 'own' | 'registry'): Outcome {
  const rounds = over.map((turn, n) => ({ over: turn[what], under: under[n]?.[what] ?? Number.NaN }))
  return ratios(rounds, 'over', 'under')
}
