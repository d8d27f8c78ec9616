import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob'
import { beforeAll, expect, it } from 'vitest'
import { describeWithHelm, objectsOf } from './helm.ts'

interface Timing {
  readonly interval: string | number
  readonly deadline?: string
  readonly schedule: string
  /** As an argument. */
  readonly jobDeadline: string
  readonly active: number
  readonly starting: number
}

const TIMINGS: readonly Timing[] = [
  { interval: '5m', schedule: '*/5 * * * *', jobDeadline: '3m', active: 240, starting: 100 },
  { interval: '15m', schedule: '*/15 * * * *', jobDeadline: '13m', active: 840, starting: 300 },
  { interval: '30m', schedule: '*/30 * * * *', jobDeadline: '27m', active: 1740, starting: 600 },
  { interval: 1200, schedule: '*/20 * * * *', jobDeadline: '18m', active: 1140, starting: 400 },
  { interval: '1h', schedule: '17 * * * *', jobDeadline: '56m', active: 3540, starting: 1200 },
  { interval: '60m', schedule: '17 * * * *', jobDeadline: '56m', active: 3540, starting: 1200 },
  { interval: '6h', schedule: '17 */6 * * *', jobDeadline: '344m', active: 21_540, starting: 7200 },
  { interval: '1d', schedule: '17 1 * * *', jobDeadline: '1379m', active: 86_340, starting: 21_600 },
  { interval: '24h', schedule: '17 1 * * *', jobDeadline: '1379m', active: 86_340, starting: 21_600 },
  { interval: '7d', schedule: '17 1 * * 6', jobDeadline: '23h', active: 86_400, starting: 21_600 },
  { interval: '1h', deadline: '10m', schedule: '17 * * * *', jobDeadline: '10m', active: 660, starting: 1200 },
  { interval: '7d', deadline: '46h', schedule: '17 1 * * 6', jobDeadline: '46h', active: 172_800, starting: 21_600 },
]

describeWithHelm('the CronJob of a registry', () => {
  let cronJobs: readonly ICronJob[]

  // One release for all of them.
  beforeAll(() => {
    const url = 'https://registry.example.com'
    const registries = TIMINGS.map(({ interval, deadline }, n) => ({
      name: `r${n}`,
      url,
      interval,
      ...(deadline === undefined ? {} : { deadline }),
    }))
    const objects = objectsOf({ registries, pushgateway: { url: 'http://push:9091' } })
    // Told to be CronJobs by their kind.
    cronJobs = objects.filter(({ kind }) => kind === 'CronJob') as unknown as ICronJob[]
  })

  it.each(TIMINGS.map((timing, n) => ({ ...timing, n })))(
    'with interval $interval and deadline $deadline is due at $schedule, and ends before it is due again',
    ({ n, interval, schedule, jobDeadline, active, starting }) => {
      const { spec } = cronJobs.find(({ metadata }) => metadata?.name === `regfsck-r${n}`) ?? {}
      const job = spec?.jobTemplate.spec
      const args = job?.template.spec?.containers[0]?.args
      expect([spec?.schedule, spec?.startingDeadlineSeconds, job?.activeDeadlineSeconds]).toEqual([
        schedule,
        starting,
        active,
      ])
      expect(args).toEqual(expect.arrayContaining([`--interval=${interval}`, `--deadline=${jobDeadline}`]))
    },
  )
})
