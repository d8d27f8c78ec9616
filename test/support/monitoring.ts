import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { startAlertmanager } from '../alerts/alertmanager.ts'
import { ALERTS, RULES } from '../alerts/rules.ts'
import { hurried } from './hurried.ts'
import { type RunningPrometheus, startPrometheus } from './prometheus.ts'
import { startPushgateway } from './pushgateway.ts'
import { startWebhook, type ToldAlert } from './webhook.ts'

/** All that stands between a push and a pager, of real servers, by our rules and our Alertmanager example. */
export interface Monitoring extends Pick<RunningPrometheus, 'alerts' | 'value'> {
  /** The Pushgateway. */
  readonly gateway: string
  /** All that the pager was told, in order. */
  pages(): readonly ToldAlert[]
  /** `alert registry` of what Alertmanager keeps to itself, because another alert explains it. */
  muted(): Promise<readonly string[]>
  stop(): Promise<void>
}

interface AlertmanagerConfig {
  readonly receivers: readonly { readonly name: string }[]
}

type Labels = Readonly<Record<string, string>>

/** @param directory where everything is kept; waits are 600 times as short as in earnest */
export async function startMonitoring(directory: string): Promise<Monitoring> {
  const servers: { stop(): Promise<void> }[] = []
  const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting
    servers.unshift(server)
    return server
  }
  const stop = async (): Promise<void> => {
    for (const server of servers.splice(0)) await server.stop()
  }
  try {
    const gateway = await started(startPushgateway({ file: join(directory, 'pushed') }))
    const webhook = await started(startWebhook())
    const config = alertmanagerConfig(directory, webhook.url)
    const alertmanager = await started(startAlertmanager(config, join(directory, 'alertmanager')))
    const rules = join(directory, 'rules.yaml')
    writeFileSync(rules, hurried(readFileSync(RULES, 'utf8')))
    const prometheus = await started(
      startPrometheus({ directory, rules, gateway: gateway.url, alertmanager: alertmanager.url }),
    )
    const { alerts, value } = prometheus
    const muted = (): Promise<readonly string[]> => mutedBy(alertmanager.url)
    return { gateway: gateway.url, alerts, value, muted, pages: () => webhook.told('on-call'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The example, with every receiver behind one URL. */
function alertmanagerConfig(directory: string, url: string): string {
  const example: AlertmanagerConfig = parse(hurried(readFileSync(join(ALERTS, 'alertmanager.example.yml'), 'utf8')))
  const receivers = example.receivers.map(({ name }) => ({ name, webhook_configs: [{ url, send_resolved: true }] }))
  const file = join(directory, 'alertmanager.yml')
  writeFileSync(file, JSON.stringify({ ...example, receivers }))
  return file
}

async function mutedBy(alertmanager: string): Promise<readonly string[]> {
  const answer = await fetch(`${alertmanager}/api/v2/alerts?active=false&inhibited=true`)
  const alerts: readonly { readonly labels: Labels }[] = JSON.parse(await answer.text())
  return alerts.map(({ labels }) => `${labels['alertname']} ${labels['registry']}`)
}
