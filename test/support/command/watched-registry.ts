import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ran, type SaidTarget, targetIn } from './run.ts'

/** What the metrics say of one registry. */
export interface Reported {
  /** All reasons together. */
  readonly failures: number
  readonly success: number | undefined
  readonly lastSuccess: number | undefined
}

/** What is known of a registry after a scan. */
export interface Known {
  /** Ids of errors in the state. */
  readonly remembered: readonly string[]
  readonly textfile: Reported
  readonly gateway: Reported
}

/** A registry that is scanned again and again, with its state, its text files and its Pushgateway. */
export interface WatchedRegistry {
  readonly name: string
  /** The options that every scan of it has. */
  readonly flags: readonly string[]
  known(): Promise<Known>
  /** Keep the state as it is now, and go back to it. */
  keepState(): void
  restoreState(): void
}

/** @param home where its state and its text files go @param gateway URL of a Pushgateway */
export function watchedRegistry(name: string, home: string, gateway: string): WatchedRegistry {
  const state = join(home, 'state.json')
  const textfile = join(home, 'textfile')
  mkdirSync(textfile, { recursive: true })
  const text = (part: string): string => readFileSync(join(textfile, `${name}.${part}.prom`), 'utf8')
  return {
    name,
    flags: [
      '--output=json',
      `--registry=${name}`,
      `--state=${state}`,
      `--textfile=${textfile}`,
      `--push=${gateway}`,
      '--interval=15m',
    ],
    async known() {
      const { memories }: { memories: { findings: { id: string; severity: string }[] }[] } = JSON.parse(
        readFileSync(state, 'utf8'),
      )
      const errors = memories.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error')
      return {
        remembered: errors.map(({ id }) => id).sort(),
        textfile: toldIn(`${text('result')}${text('run')}`, name),
        gateway: toldIn(await (await fetch(`${gateway}/metrics`)).text(), name),
      }
    },
    keepState: () => {
      copyFileSync(state, `${state}.kept`)
    },
    restoreState: () => {
      copyFileSync(`${state}.kept`, state)
    },
  }
}

/** What an exposition says of a registry. */
export function toldIn(exposition: string, registry: string): Reported {
  const values = (family: string): number[] =>
    exposition
      .split('\n')
      .filter((line) => line.startsWith(`registry_integrity_${family}{`) && line.includes(`registry="${registry}"`))
      .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
  return {
    failures: values('failures').reduce((sum, value) => sum + value, 0),
    success: values('run_success')[0],
    lastSuccess: values('last_success_timestamp_seconds')[0],
  }
}

/** Ids of the errors that a report tells of, sorted. */
export function errorsIn({ findings }: Pick<SaidTarget, 'findings'>): readonly string[] {
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ id }) => id)
    .sort()
}

/** A scan of a registry whose damage is known, and of which nothing was repaired meanwhile. */
export interface WatchedScan {
  readonly ran: Ran
  readonly before: Known
  readonly after: Known
  /** Ids of what is known. */
  readonly damage: readonly string[]
}

/** @returns in which ways it took what it could not see for good news; none where it was honest */
export function falseNews({ ran, before, after, damage }: WatchedScan): readonly string[] {
  const { complete, fixed = [] } = targetIn(ran)
  const wrong: string[] = []
  if (![1, 3, 4].includes(ran.code)) wrong.push(`exit code ${ran.code}`)
  if (complete && ran.code !== 1) wrong.push(`complete, and exit code ${ran.code}`)
  if (fixed.length > 0) wrong.push(`fixed: ${JSON.stringify(fixed)}`)
  const forgotten = damage.filter((id) => !after.remembered.includes(id))
  if (forgotten.length > 0) wrong.push(`the state forgot ${forgotten.join(', ')}`)
  for (const by of ['textfile', 'gateway'] as const)
    wrong.push(...falseMetrics(before[by], after[by], { complete, damage }).map((what) => `${by}: ${what}`))
  return wrong
}

/** The same of metrics alone. */
export function falseMetrics(
  before: Reported,
  after: Reported,
  { complete, damage }: { readonly complete: boolean; readonly damage: readonly string[] },
): readonly string[] {
  const wrong: string[] = []
  if (after.failures < damage.length) wrong.push(`${after.failures} failures, and there are ${damage.length}`)
  if (after.success !== (complete ? 1 : 0)) wrong.push(`run_success ${after.success}`)
  if (!complete && after.lastSuccess !== before.lastSuccess)
    wrong.push(`last success at ${after.lastSuccess} instead of ${before.lastSuccess}`)
  return wrong
}
