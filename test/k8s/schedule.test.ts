import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob'
import type { ICronJobSpec } from 'kubernetes-models/batch/v1/CronJobSpec'
import type { IJobSpec } from 'kubernetes-models/batch/v1/JobSpec'
import { describe, expect, it } from 'vitest'
import { overlays, rendered } from './manifests.ts'

/** Those that scan registries. */
const SCANS = overlays().filter((overlay) => overlay !== 'deployed')

describe('the CronJob that checks what is deployed', () => {
  it('runs every hour, ends by itself before the next one is due, and fails where an image cannot be pulled', () => {
    const { spec, job, args } = cronJob('deployed', 'regfsck-deployed')
    expect(spec).toMatchObject({ schedule: '23 * * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' })
    expect(job).toMatchObject({ activeDeadlineSeconds: 3300, ttlSecondsAfterFinished: 5400 })
    expect(settingOf(args, '--deadline')).toBe('50m')
    expect(args.join(' ')).not.toContain('--fail-on')
    expect(job.podFailurePolicy?.rules?.[0]?.onExitCodes?.values).toEqual([1, 2])
  })
})

describe('the CronJob', () => {
  it('runs every 15 minutes, never twice at one time, and ends before the next one is due', () => {
    const { spec, job } = cronJob('http', 'regfsck')
    expect(spec).toMatchObject({
      schedule: '*/15 * * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
    })
    expect(job).toMatchObject({ activeDeadlineSeconds: 840, backoffLimit: 1, ttlSecondsAfterFinished: 3600 })
    expect(job.template.spec).toMatchObject({ restartPolicy: 'Never', terminationGracePeriodSeconds: 10 })
  })

  it('is not tried again with a wrong command line, and is where its node was drained', () => {
    for (const overlay of SCANS)
      for (const { job } of cronJobs(overlay))
        expect(job.podFailurePolicy?.rules).toEqual([
          { action: 'FailJob', onExitCodes: { containerName: 'regfsck', operator: 'In', values: [2] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ])
  })

  it('fails where the probe is broken, and not where the registry is', () => {
    for (const overlay of SCANS) for (const { args } of cronJobs(overlay)) expect(args).toContain('--fail-on=never')
  })

  it('stops by itself before Kubernetes kills it, and reports its own interval to Prometheus', () => {
    const schedules = SCANS.flatMap(cronJobs).map(({ job, args }) => [
      settingOf(args, '--deadline'),
      job.activeDeadlineSeconds,
      settingOf(args, '--interval'),
    ])
    expect(new Set(schedules.map(String))).toEqual(new Set(['13m,840,15m', '23h,86400,7d']))
  })

  it('that is deep has a profile of its own, and so has the fast one beside it', () => {
    const [fast, deep] = ['regfsck', 'regfsck-deep'].map((name) => cronJob('full', name))
    expect(fast?.args).toContain('--profile=fast')
    expect(deep?.args).toEqual(expect.arrayContaining(['--profile=deep', '--depth=content']))
    expect(deep?.spec.schedule).toMatch(/^\d+ \d+ \* \* \d$/)
    expect(cronJob('http', 'regfsck').args.join()).not.toContain('--profile')
  })

  it('in slices has a pod for each, with a second try of its own, and the index that Kubernetes gives it', () => {
    const { job, args } = cronJob('sharded', 'regfsck')
    expect(job).toMatchObject({ completionMode: 'Indexed', completions: 4, parallelism: 4, backoffLimitPerIndex: 1 })
    expect(job.backoffLimit).toBe((job.completions ?? 0) * 2)
    expect(args).toContain(`--shard=$(JOB_COMPLETION_INDEX)/${job.completions}`)
    expect(job.template.spec?.containers[0]?.env).toContainEqual({
      name: 'JOB_COMPLETION_INDEX',
      valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
    })
  })
})

describe('serve', () => {
  it('is never there twice, and ends within its time', () => {
    const { spec } = rendered('serve').find(({ kind }) => kind === 'Deployment') as unknown as IDeployment
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    expect(spec?.template.spec?.terminationGracePeriodSeconds).toBe(10)
    const [container] = spec?.template.spec?.containers ?? []
    expect(container?.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'http' })
    expect(container?.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' })
  })

  it('is scraped where it listens', () => {
    const objects = rendered('serve')
    const find = (kind: string): unknown => objects.find((object) => object.kind === kind)
    const labels = { 'app.kubernetes.io/name': 'regfsck', 'app.kubernetes.io/component': 'exporter' }
    expect(find('Deployment')).toMatchObject({
      spec: {
        template: { metadata: { labels }, spec: { containers: [{ ports: [{ name: 'http', containerPort: 9847 }] }] } },
      },
    })
    expect(find('Service')).toMatchObject({
      metadata: { labels },
      spec: { selector: labels, ports: [{ name: 'http' }] },
    })
    expect(find('ServiceMonitor')).toMatchObject({
      spec: { selector: { matchLabels: labels }, endpoints: [{ port: 'http', path: '/metrics' }] },
    })
  })

  it('beside a registry is scraped where it listens', () => {
    const objects = rendered('sidecar')
    const find = (kind: string): unknown => objects.find((object) => object.kind === kind)
    const labels = { 'regfsck.example/sidecar': 'true' }
    expect(find('Deployment')).toMatchObject({ spec: { template: { metadata: { labels } } } })
    expect(find('PodMonitor')).toMatchObject({
      spec: { selector: { matchLabels: labels }, podMetricsEndpoints: [{ port: 'regfsck', path: '/metrics' }] },
    })
    expect(JSON.stringify(find('Deployment'))).toContain('{"containerPort":9847,"name":"regfsck"}')
  })
})

interface Scheduled {
  readonly spec: ICronJobSpec
  readonly job: IJobSpec
  readonly args: readonly string[]
}

function cronJobs(overlay: string): Scheduled[] {
  const found = rendered(overlay).filter(({ kind }) => kind === 'CronJob') as unknown as ICronJob[]
  return found.flatMap(({ spec }) => {
    const job = spec?.jobTemplate.spec
    return spec && job ? [{ spec, job, args: job.template.spec?.containers[0]?.args ?? [] }] : []
  })
}

function cronJob(overlay: string, name: string): Scheduled {
  const names = rendered(overlay)
    .filter(({ kind }) => kind === 'CronJob')
    .map(({ metadata }) => metadata.name)
  const found = cronJobs(overlay)[names.indexOf(name)]
  if (found === undefined) throw new Error(`no CronJob ${name} in ${overlay}`)
  return found
}

function settingOf(args: readonly string[], flag: string): string | undefined {
  return args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1)
}
