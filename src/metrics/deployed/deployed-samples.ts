import type { FindingCode } from '../../check/findings/code.ts'
import type { FamilyGroup } from '../family.ts'
import { OTHER, WORST } from '../label-values.ts'
import type { Links } from '../links.ts'
import type { Labels, Sample } from '../samples.ts'
import { worstOf } from '../worst.ts'
import { DEPLOYED_CODES, DEPLOYED_FAMILIES, type DeployedFamilyName } from './deployed-families.ts'

const PREFIX = 'registry_integrity_'

/** What the metrics of one run are made of. */
export interface DeployedNumbers {
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly isComplete: boolean
  readonly images: number
  readonly unchecked: number
  readonly unknown: number
  /** Images with a finding, by code. */
  readonly findings: ReadonlyMap<FindingCode, number>
  /** Images with an error by workload. A workload without any has 0. */
  readonly workloads: readonly { readonly workload: string; readonly file: string; readonly failures: number }[]
}

/** The series of one set of references, by group. */
export function deployedSamples(
  references: string,
  numbers: DeployedNumbers,
): Readonly<Record<FamilyGroup, readonly Sample[]>> {
  const samples = new DeployedSamples(references)
  const { startedAt, finishedAt, isComplete, findings, workloads } = numbers
  samples.add('deployed_last_run_timestamp_seconds', finishedAt.getTime() / 1000)
  samples.add('deployed_run_success', isComplete ? 1 : 0)
  samples.add('deployed_run_duration_seconds', (finishedAt.getTime() - startedAt.getTime()) / 1000)
  samples.add('deployed_unchecked_images', numbers.unchecked)
  samples.add('deployed_unknown_references', numbers.unknown)
  for (const reason of DEPLOYED_CODES) {
    const found = findings.get(reason)
    if (found !== undefined || isComplete) samples.add('deployed_findings', found ?? 0, { reason })
  }
  addWorkloads(samples, workloads)
  samples.add('deployed_last_success_timestamp_seconds', finishedAt.getTime() / 1000)
  samples.add('deployed_images', numbers.images)
  samples.add('deployed_workloads', workloads.length)
  return samples.groups
}

/** The series that the configuration alone decides. They are there before the first run. */
export function plannedSamples(references: string, interval: number, { report, runbooks }: Links): readonly Sample[] {
  const samples = new DeployedSamples(references)
  samples.add('deployed_run_interval_seconds', interval)
  if (report !== undefined || runbooks !== undefined)
    samples.add('deployed_links_info', 1, {
      ...(report !== undefined && { report }),
      ...(runbooks !== undefined && { runbooks }),
    })
  return samples.groups.run
}

function addWorkloads(samples: DeployedSamples, workloads: DeployedNumbers['workloads']): void {
  const failing = new Map<string, number>()
  for (const { workload, file, failures } of workloads)
    if (failures > 0) failing.set(JSON.stringify([workload, file]), failures)
  samples.add('deployed_failing_workloads', failing.size)
  const { named, others } = worstOf(failing, WORST)
  for (const [key, failures] of named) {
    const [workload = '', file = ''] = JSON.parse(key) as readonly string[]
    samples.add('deployed_workload_failures', failures, { workload: printable(workload), file: printable(file) })
  }
  samples.add('deployed_workload_failures', others, { workload: OTHER, file: '' })
}

/** Control characters have no place in a label. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\ufffd').slice(0, LONGEST)
}

const LONGEST = 300

class DeployedSamples {
  readonly groups: Readonly<Record<FamilyGroup, Sample[]>> = { run: [], findings: [], result: [] }
  readonly #references: string

  constructor(references: string) {
    this.#references = printable(references)
  }

  add(family: DeployedFamilyName, value: number, labels: Labels = {}): void {
    const { group } = DEPLOYED_FAMILIES[family]
    this.groups[group].push({ name: `${PREFIX}${family}`, labels: { references: this.#references, ...labels }, value })
  }
}
