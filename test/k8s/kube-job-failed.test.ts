import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { describeWithPromtool, runTool } from '../alerts/tools.ts'
import { scratch } from '../support/scratch.ts'
import { overlays, rendered } from './manifests.ts'

/** As kube-prometheus-stack has it, which most clusters run. It burns for as long as a failed Job is there. */
const KUBE_JOB_FAILED = {
  alert: 'KubeJobFailed',
  expr: 'kube_job_failed{job="kube-state-metrics"} > 0',
  for: '15m',
  labels: { severity: 'warning' },
}

/** Minutes that a simulation takes. */
const LENGTH = 6 * 60

interface Keeps {
  readonly name: string
  /** Minutes between two runs. */
  readonly pace: number
  /** Minutes that a failed Job is kept, whatever comes after it. */
  readonly minutes: number
  /** Failed Jobs that are kept, whatever their age. */
  readonly jobs: number
}

const EVERY: readonly Keeps[] = overlays().flatMap((overlay) =>
  rendered(overlay)
    .filter(({ kind }) => kind === 'CronJob')
    .map((object) => {
      const { metadata, spec } = object as unknown as ICronJob
      const minutes = (spec?.jobTemplate.spec?.ttlSecondsAfterFinished ?? Number.POSITIVE_INFINITY) / 60
      const pace = spec?.schedule.startsWith('*/15 ') ? 15 : 60
      return { name: `${metadata?.name} of ${overlay}`, pace, minutes, jobs: spec?.failedJobsHistoryLimit ?? 1 }
    }),
)

describe('failed Jobs', () => {
  it('are checked in every CronJob', () => expect(EVERY.length).toBeGreaterThanOrEqual(5))
})

describeWithPromtool('KubeJobFailed of kube-prometheus-stack', () => {
  const directory = scratch()

  it.each(EVERY)('is over $minutes minutes after one failure of $name', async (keeps) => {
    const burning = await burningAt(seriesOf(keeps, [0]), [30, keeps.minutes - 1, keeps.minutes + 1, LENGTH])
    expect(burning).toEqual([true, true, false, false])
  })

  it('would burn for a day where failed Jobs are kept so long', async () => {
    const burning = await burningAt(seriesOf({ name: 'old', pace: 15, minutes: 24 * 60, jobs: 3 }, [0]), [61, LENGTH])
    expect(burning).toEqual([true, true])
  })

  it.each(EVERY.filter(({ name }) => /^regfsck(?:-deployed)? of/.test(name)))(
    'burns all the time while every run of $name fails, and $minutes minutes after the last at the most',
    async (keeps) => {
      const failed = Array.from({ length: 3 * 4 }, (_, n) => n * keeps.pace)
      const last = failed.at(-1) ?? 0
      const during = Array.from({ length: last - 20 }, (_, n) => 20 + n)
      expect(await burningAt(seriesOf(keeps, failed), [...during, last + keeps.minutes + 1])).toEqual([
        ...during.map(() => true),
        false,
      ])
    },
  )

  /** Whether it burns at each of these minutes. */
  async function burningAt(series: readonly Series[], minutes: readonly number[]): Promise<readonly boolean[]> {
    const rules = join(directory, 'kube.rules.yaml')
    const tests = join(directory, 'kube.test.yaml')
    writeFileSync(rules, stringify({ groups: [{ name: 'kubernetes-apps', rules: [KUBE_JOB_FAILED] }] }))
    const expectations = minutes.map((minute) => ({ eval_time: `${minute}m`, alertname: KUBE_JOB_FAILED.alert }))
    const test = { interval: '1m', input_series: series, alert_rule_test: expectations }
    writeFileSync(tests, stringify({ rule_files: [rules], evaluation_interval: '1m', tests: [test] }))
    const { output } = await runTool('promtool', 'test', 'rules', tests)
    expect(output).toMatch(/SUCCESS|FAILED/)
    return minutes.map((minute) => new RegExp(`time: (?:${spelled(minute)}),`).test(output))
  }
})

interface Series {
  readonly series: string
  readonly values: string
}

/** What kube-state-metrics tells of the Jobs that failed at these minutes. */
function seriesOf({ minutes, jobs }: Keeps, failed: readonly number[]): Series[] {
  return failed.map((at, n) => {
    const pushedOut = failed[n + jobs] ?? Number.POSITIVE_INFINITY
    const until = Math.min(at + minutes, pushedOut, 2 * LENGTH)
    return {
      series: `kube_job_failed{job="kube-state-metrics",namespace="regfsck",job_name="regfsck-${at}",condition="true"}`,
      values: `${at === 0 ? '' : `_x${at - 1} `}1x${until - at - 1} stale`,
    }
  })
}

/** How promtool spells a time of so many minutes. */
function spelled(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes}m` : `${hours}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`
}
