import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { scratch } from '../support/scratch.ts'
import { type RunningAlertmanager, startAlertmanager } from './alertmanager.ts'
import { ALERTS, alertRules, ruleFile } from './rules.ts'
import { describeWithAlertmanager, runTool } from './tools.ts'

interface Config {
  readonly receivers: readonly { readonly name: string }[]
  readonly inhibit_rules: readonly object[]
}

type Labels = Readonly<Record<string, string>>

const EXAMPLE = join(ALERTS, 'alertmanager.example.yml')
const text = readFileSync(EXAMPLE, 'utf8')
const config: Config = parse(text)

/** Every alert at each of its severities. */
const ALL: readonly Labels[] = alertRules().map(({ alert, labels }) => ({ alertname: alert, ...labels }))

describe('the example', () => {
  it('holds no secret, only the files that hold them', () => {
    expect(text).toContain('credentials_file: ')
    expect(text).not.toMatch(/\b(?:password|credentials|bearer_token|api_url|service_key|routing_key|token): /)
  })
})

describeWithAlertmanager('the example', () => {
  it('is what Alertmanager takes', async () => {
    const { code, output } = await runTool('amtool', 'check-config', EXAMPLE)
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') })
  })

  it.each(ALL)('sends $alertname ($severity) to whom it concerns', async ({ alertname = '', severity = '' }) => {
    const labels = [`alertname=${alertname}`, `severity=${severity}`, 'registry=prod']
    const { output } = await runTool('amtool', 'config', 'routes', 'test', `--config.file=${EXAMPLE}`, ...labels)
    expect(output.split('\n')[0]).toBe(severity === 'critical' ? 'on-call' : 'office-hours')
  })

  it('does not take the alerts of others', async () => {
    const labels = ['alertname=DiskFull', 'severity=critical']
    const { output } = await runTool('amtool', 'config', 'routes', 'test', `--config.file=${EXAMPLE}`, ...labels)
    expect(output.split('\n')[0]).toBe('nobody')
  })
})

describeWithAlertmanager('what explains what:', () => {
  const directory = scratch()
  let alertmanager: RunningAlertmanager
  let registries = 0

  beforeAll(async () => {
    // With receivers that tell nobody.
    const silent = { ...config, receivers: config.receivers.map(({ name }) => ({ name })) }
    writeFileSync(join(directory, 'alertmanager.yml'), stringify(silent))
    alertmanager = await startAlertmanager(join(directory, 'alertmanager.yml'), directory)
  })
  afterAll(() => alertmanager.stop())

  it('a catalog that users miss too mutes all that the probe says of that registry, pages included', async () => {
    const cause = critical('RegistryCatalogInaccessible')
    const explained = [
      ...[warning('RegistryIntegrityProbeStale'), critical('RegistryIntegrityProbeStale')],
      ...[warning('RegistryIntegrityProbeFailing'), warning('RegistryIntegrityProbeIncomplete')],
      ...[warning('RegistryIntegrityCoverageDropped'), warning('RegistryIntegrityProbeSlow')],
    ]
    expect(await heard([cause, ...explained])).toEqual([cause])
  })

  it('a catalog that only the probe is refused mutes no page', async () => {
    const cause = warning('RegistryCatalogInaccessible')
    const stale = critical('RegistryIntegrityProbeStale')
    expect(await heard([cause, warning('RegistryIntegrityProbeStale')])).toEqual([cause])
    expect(await heard([cause, stale])).toEqual([cause, stale])
  })

  it('another profile, or another registry, explains nothing', async () => {
    const cause = { ...critical('RegistryCatalogInaccessible'), profile: 'fast' }
    const stale = { ...critical('RegistryIntegrityProbeStale'), profile: 'deep' }
    expect(await heard([cause, stale])).toEqual([cause, stale])
    const elsewhere = { ...critical('RegistryCatalogInaccessible'), registry: 'elsewhere' }
    expect(await heard([elsewhere, stale])).toEqual([elsewhere, stale])
  })

  it('of unreadable objects, an incomplete run and stale results only the first is reported', async () => {
    const cause = warning('RegistryIntegrityProbeIncomplete')
    const explained = [warning('RegistryIntegrityProbeFailing'), warning('RegistryIntegrityProbeStale')]
    expect(await heard([cause, ...explained])).toEqual([cause])
    const refused = warning('RegistryIntegrityPushRejected')
    expect(await heard([refused, warning('RegistryIntegrityProbeStale')])).toEqual([refused])
  })

  it('the page of an alert mutes its warning', async () => {
    const stale = critical('RegistryIntegrityProbeStale')
    expect(await heard([stale, warning('RegistryIntegrityProbeStale')])).toEqual([stale])
  })

  it('when nobody reports, no registry is said to have disappeared', async () => {
    const absent = warning(ABSENT)
    expect(await heard([absent, warning('RegistryDisappeared')])).toEqual([absent])
  })

  const damage = ruleFile().groups.find(({ name }) => name === 'registry-integrity-damage')?.rules ?? []

  it.each(damage)('$alert is heard whatever else is wrong with the probe', async ({ alert, labels }) => {
    const damaged: Labels = { alertname: alert, ...labels }
    expect(await heard([damaged, ...ALL.filter(({ alertname }) => alertname !== alert)])).toContainEqual(damaged)
  })

  it.each(ALL.filter(({ severity }) => severity === 'critical'))(
    'no warning mutes the page $alertname',
    async (paged) => {
      const warnings = ALL.filter(({ severity }) => severity === 'warning')
      expect(await heard([paged, ...warnings])).toContainEqual(paged)
    },
  )

  /** Which of these alerts about one registry, burning at the same time, are not muted. */
  async function heard(alerts: readonly Labels[]): Promise<readonly Labels[]> {
    registries += 1
    const registry = `registry-${registries}`
    const sent = alerts.map((labels) => (labels['alertname'] === ABSENT ? labels : { registry, ...labels }))
    await post(sent, inAnHour())
    await seen()
    const known = await statesOf()
    await post(sent, new Date())
    return alerts.filter((_, n) => known(sent[n] ?? {}) === 'active')
  }

  /** Alertmanager takes alerts at once, and mutes a moment later, one after the other: a pair sent last is muted last. */
  async function seen(): Promise<void> {
    const registry = `after-${registries}`
    const stale = 'RegistryIntegrityProbeStale'
    const last = { registry, ...warning(stale) }
    await post([{ registry, ...critical(stale) }, last], inAnHour())
    while ((await statesOf())(last) !== 'suppressed') await wait(20)
  }

  async function post(alerts: readonly Labels[], until: Date): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(alerts.map((labels) => ({ labels, endsAt: until.toISOString() })))
    const { status } = await fetch(`${alertmanager.url}/api/v2/alerts`, { method: 'POST', headers, body })
    expect(status).toBe(200)
  }

  async function statesOf(): Promise<(labels: Labels) => string | undefined> {
    const answer = await fetch(`${alertmanager.url}/api/v2/alerts`)
    const known: readonly { labels: Labels; status: { state: string } }[] = JSON.parse(await answer.text())
    return (labels) => known.find((one) => same(one.labels, labels))?.status.state
  }
})

const ABSENT = 'RegistryIntegrityProbeAbsent'

function critical(alertname: string): Labels {
  return { alertname, severity: 'critical' }
}

function warning(alertname: string): Labels {
  return { alertname, severity: 'warning' }
}

function same(one: Labels, other: Labels): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000)
}
