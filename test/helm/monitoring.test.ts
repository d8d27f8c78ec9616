import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type KubeObject, nameOf, podTemplates } from '../k8s/manifests.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { describeWithHelm, objectsOf, type Release, type Values } from './helm.ts'

interface Rule {
  readonly alert?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}
interface Groups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

const SERVE: Values = { mode: 'serve', registries: [{ name: 'private', url: 'https://registry.example.com' }] }
const ALERTS = new URL('../../alerts/', import.meta.url)

describeWithHelm('the alerts of the chart', () => {
  it('have names for severities, labels and runbooks that the values say', () => {
    const before = rulesOf({})
    const severities = [...new Set(before.map(({ labels }) => labels?.['severity'] ?? ''))]
    expect(severities.length).toBeGreaterThan(1)
    const after = rulesOf({
      severities: Object.fromEntries(severities.map((name) => [name, `${name}-here`])),
      alertLabels: { team: 'platform' },
      runbookBase: 'https://wiki.example.com/runbooks/',
    })
    expect(after).toEqual(
      before.map((rule) => ({
        ...rule,
        labels: { ...rule.labels, severity: `${rule.labels?.['severity']}-here`, team: 'platform' },
        annotations: { ...rule.annotations, runbook_url: `https://wiki.example.com/runbooks/${rule.alert}.md` },
      })),
    )
  })

  it('can be left out one by one', () => {
    const names = rulesOf({}).map(({ alert }) => alert ?? '')
    const [first = '', second = ''] = names
    expect(rulesOf({ disabled: [first, second] }).map(({ alert }) => alert)).toEqual(
      names.filter((name) => ![first, second].includes(name)),
    )
  })

  it('know the CronJobs of a release of any name', () => {
    const values = {
      registries: [{ name: 'private', url: 'https://registry.example.com' }],
      pushgateway: { url: 'http://push:9091' },
      prometheusRule: { enabled: true },
    }
    for (const name of ['regfsck', 'prod']) {
      const objects = objectsOf(values, { name })
      const cronJob = objects.find(({ kind }) => kind === 'CronJob')?.metadata.name ?? ''
      const { expr = '' } = rulesIn(objects).find(({ alert }) => alert === 'RegistryIntegrityCronJobSuspended') ?? {}
      const [, pattern = ''] = /cronjob=~"([^"]+)"/.exec(expr) ?? []
      expect(cronJob, pattern).toMatch(new RegExp(`^(?:${pattern})$`))
    }
  })

  function rulesOf(prometheusRule: object): Rule[] {
    return rulesIn(objectsOf({ ...SERVE, prometheusRule: { enabled: true, ...prometheusRule } }))
  }
})

describeWithServers(['prometheus'], 'promtool', () => {
  describeWithHelm('takes the alerts of the chart', () => {
    const directory = scratch()
    it('for rules, with every knob turned', () => {
      const prometheusRule = {
        enabled: true,
        severities: { critical: 'page' },
        alertLabels: { team: 'a' },
        runbookBase: 'https://w',
      }
      const rule = objectsOf({ ...SERVE, prometheusRule }).find(({ kind }) => kind === 'PrometheusRule')
      const file = join(directory, 'rules.yaml')
      writeFileSync(file, stringify(rule?.spec))
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
      expect(status, stdout + stderr).toBe(0)
    })
  })
})

describeWithHelm('the dashboard of the chart', () => {
  it('is the one of alerts/, under the label that Grafana looks for', () => {
    const annotations = { grafana_folder: 'Registries' }
    const objects = objectsOf({ ...SERVE, dashboard: { enabled: true, annotations } })
    const found = objects.find((object) => nameOf(object) === 'ConfigMap regfsck-dashboard')
    expect(found?.metadata).toMatchObject({ labels: { grafana_dashboard: '1' }, annotations })
    const [text = ''] = Object.values(found?.data ?? {})
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(new URL('dashboard.json', ALERTS), 'utf8')))
  })
})

describeWithHelm('a monitor of the chart', () => {
  const labels = { release: 'kube-prometheus-stack' }
  const cases: readonly { readonly kind: string; readonly values: Values; readonly release?: Release }[] = [
    { kind: 'ServiceMonitor', values: { ...SERVE, serviceMonitor: { enabled: true, labels, interval: '30s' } } },
    { kind: 'PodMonitor', values: { ...SERVE, podMonitor: { enabled: true, labels, interval: '30s' } } },
  ]
  const made = new Map<string, readonly KubeObject[]>()
  beforeAll(() => {
    for (const { kind, values } of cases) made.set(kind, objectsOf(values, { name: 'prod' }))
  })

  it.each(cases)('$kind has the labels that an operator selects by, and finds what it is for', ({ kind }) => {
    const objects = made.get(kind) ?? []
    const monitor = objects.find((object) => object.kind === kind)
    expect(monitor?.metadata.labels).toMatchObject(labels)
    expect(JSON.stringify(monitor?.spec)).toContain('"interval":"30s"')
    const found = kind === 'ServiceMonitor' ? serviceIn(objects).metadata : podTemplates(objects)[0]?.pod.metadata
    expect(found).toMatchObject({ labels: selectorOf(monitor) })
    expect(podTemplates(objects)[0]?.pod.metadata).toMatchObject({ labels: selectorOf(serviceIn(objects)) })
  })
})

function rulesIn(objects: readonly KubeObject[]): Rule[] {
  // Told to be PrometheusRules by their kind.
  const found = objects.filter(({ kind }) => kind === 'PrometheusRule') as unknown as readonly { spec: Groups }[]
  return found.flatMap(({ spec }) => spec.groups.flatMap(({ rules }) => rules))
}

function serviceIn(objects: readonly KubeObject[]): KubeObject {
  const found = objects.find(({ kind }) => kind === 'Service')
  if (found === undefined) throw new Error('no Service')
  return found
}

/** That of a Service is its labels, that of a monitor has them in `matchLabels`. */
function selectorOf(object: KubeObject | undefined): unknown {
  const { selector } = { ...(object?.spec as { readonly selector?: { readonly matchLabels?: object } } | undefined) }
  return selector?.matchLabels ?? selector
}
