import { setTimeout as wait } from 'node:timers/promises'
import { cleared, type StagedLoss } from '../builders/faults/storage-unmounts.ts'
import type { SaidReport, SaidTarget } from './run.ts'
import type { Serving } from './serve.ts'
import { errorsIn, falseMetrics, type Reported, toldIn } from './watched-registry.ts'

/** A registry that `serve` scans, and whose storage a test takes away. */
export interface ServedRegistry {
  readonly name: string
  readonly template: string
  /** Everything that is staged; emptied after each turn. */
  readonly directory: string
  readonly root: string
}

interface ScanLine {
  readonly event: string
  readonly registry?: string
  readonly failure?: string
  readonly verdict?: string
  readonly startedAt?: string
  readonly finishedAt?: string
}

/** What `serve` says of a registry, all of it after the same scan. */
interface Said {
  readonly reported: Reported
  readonly verdict: string
  readonly target: SaidTarget
  /** Of the last scan. */
  readonly failure: string | undefined
  readonly lastCompleteAt: string | undefined
}

/** Milliseconds for one scan, on a machine that has much else to do. */
const LIMIT = 240_000

/** The log lines of a registry's scans. */
export function linesOf(server: Serving, event: 'scan.started' | 'scan.finished', name: string): readonly ScanLine[] {
  const lines: readonly ScanLine[] = server.logged
  return lines.filter((line) => line.event === event && line.registry === name)
}

/** Wait for the first complete scan. @returns the ids of its errors */
export async function learnIn(server: Serving, name: string): Promise<readonly string[]> {
  for (let n = 0; lastComplete(server, name) === undefined; n++) await next(server, 'scan.finished', name, n)
  return errorsIn((await said(server, name)).target)
}

/**
 * Put storage in its place, and take it away during a scan: after a share of the time that the last complete one took.
 *
 * @returns what `serve` then said that is good news, and is not known; none where it was honest
 */
export async function loseStorageIn(
  server: Serving,
  { name, template, directory, root }: ServedRegistry,
  turn: { readonly way: StagedLoss; readonly share: number; readonly damage: readonly string[] },
): Promise<readonly string[]> {
  const { way, share, damage } = turn
  await cleared(directory)
  await way.stage(template, root)
  await next(server, 'scan.started', name, linesOf(server, 'scan.started', name).length)
  const { startedAt = '', finishedAt = '' } = lastComplete(server, name) ?? {}
  await wait(share * (Date.parse(finishedAt) - Date.parse(startedAt)))
  const before = linesOf(server, 'scan.finished', name).length
  way.vanish(root)
  await next(server, 'scan.finished', name, before)
  const { reported, verdict, target, failure, lastCompleteAt } = await said(server, name)
  const complete = failure === undefined
  const lastSuccess = lastCompleteAt === undefined ? undefined : Date.parse(lastCompleteAt) / 1000
  const wrong = [...falseMetrics({ ...reported, lastSuccess }, reported, { complete, damage })]
  if (verdict !== 'damaged') wrong.push(`verdict ${verdict}`)
  const fixed = (target.fixed ?? []).filter(({ id }) => damage.includes(id))
  if (fixed.length > 0) wrong.push(`fixed: ${JSON.stringify(fixed)}`)
  if (errorsIn(target).length < damage.length) wrong.push(`shows ${errorsIn(target).length} errors of ${damage.length}`)
  return wrong.length > 0 ? [`${way.name} after ${share} of its time (${failure ?? 'complete'}):`, ...wrong] : []
}

function lastComplete(server: Serving, name: string): ScanLine | undefined {
  return linesOf(server, 'scan.finished', name).findLast(({ failure }) => failure === undefined)
}

async function said(server: Serving, name: string): Promise<Said> {
  for (;;) {
    const finished = linesOf(server, 'scan.finished', name)
    const metrics = await server.get('/metrics')
    const { registries }: { registries: { registry: string; verdict: string }[] } = JSON.parse(
      await server.get('/api/v1/registries'),
    )
    const report: SaidReport = JSON.parse(await server.get(`/api/v1/registries/${name}`))
    const [target] = report.targets
    const runs = new RegExp(`^registry_integrity_runs_total\\{registry="${name}"\\} (\\d+)$`, 'm').exec(metrics)?.[1]
    const isStill =
      Number(runs) === finished.length && linesOf(server, 'scan.finished', name).length === finished.length
    if (isStill && target)
      return {
        reported: toldIn(metrics, name),
        verdict: registries.find(({ registry }) => registry === name)?.verdict ?? 'none',
        target,
        failure: finished.at(-1)?.failure,
        lastCompleteAt: lastComplete(server, name)?.finishedAt,
      }
    await wait(10)
  }
}

/** Waits until there are more lines than so many. */
async function next(
  server: Serving,
  event: 'scan.started' | 'scan.finished',
  name: string,
  than: number,
): Promise<void> {
  const end = performance.now() + LIMIT
  while (linesOf(server, event, name).length <= than) {
    if (performance.now() > end) throw new Error(`no ${event} of ${name}: ${JSON.stringify(server.logged.slice(-5))}`)
    await wait(10)
  }
}
