import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { startAlertmanager } from '../../alerts/alertmanager.ts'
import { ALERTS, RULES } from '../../alerts/rules.ts'
import { type ChatMessage, type ReceivedAlert, startWebhook, type Webhook } from '../simulated/webhook.ts'
import { type RunningPrometheus, startPrometheus } from './prometheus.ts'
import { startPushgateway } from './pushgateway.ts'
import { shortenTimes } from './shorten-times.ts'

/** All that stands between a push and a pager, of real servers, by our rules and our Alertmanager example. */
export interface Monitoring extends Pick<RunningPrometheus, 'alerts' | 'value'> {
  /** Where Prometheus scrapes: the Pushgateway, unless it was told another place. */
  readonly gateway: string
  /** All that the pager was told, in order. */
  pages(): readonly ReceivedAlert[]
  /** All that can wait until morning, in order. */
  warnings(): readonly ReceivedAlert[]
  /** The same as it stands in the chat. */
  chat(): readonly ChatMessage[]
  /** `alert registry` of what Alertmanager keeps to itself, because another alert explains it. */
  muted(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface MonitoringOptions {
  /** A URL whose `/metrics` are scraped; a Pushgateway of its own where there is none. */
  readonly scraped?: string
  /** How Prometheus changes labels of alerts on their way out. */
  readonly relabeling?: readonly object[]
}

interface AlertmanagerConfig {
  readonly receivers: readonly { readonly name: string; readonly slack_configs?: readonly object[] }[]
}

type Labels = Readonly<Record<string, string>>

/** @param directory where everything is kept; waits are 600 times as short as in earnest */
export async function startMonitoring(directory: string, options: MonitoringOptions = {}): Promise<Monitoring> {
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
    const gateway = options.scraped ?? (await started(startPushgateway({ file: join(directory, 'pushed') }))).url
    const webhook = await started(startWebhook())
    const config = alertmanagerConfig(directory, webhook)
    const alertmanager = await started(startAlertmanager(config, join(directory, 'alertmanager')))
    const rules = join(directory, 'rules.yaml')
    writeFileSync(rules, shortenTimes(readFileSync(RULES, 'utf8')))
    const prometheus = await started(
      startPrometheus({ directory, rules, gateway, alertmanager: alertmanager.url, relabeling: options.relabeling }),
    )
    const { alerts, value } = prometheus
    return {
      gateway,
      alerts,
      value,
      muted: () => mutedBy(alertmanager.url),
      pages: () => webhook.received('on-call'),
      warnings: () => webhook.received('office-hours'),
      chat: () => webhook.chat(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The example, with every receiver at the webhook, and what goes to Slack there too, as it is. */
function alertmanagerConfig(directory: string, { url, chatUrl }: Webhook): string {
  const example: AlertmanagerConfig = parse(
    shortenTimes(readFileSync(join(ALERTS, 'alertmanager.example.yml'), 'utf8')),
  )
  const receivers = example.receivers.map(({ name, slack_configs: chats = [] }) => ({
    name,
    webhook_configs: [{ url, send_resolved: true }],
    slack_configs: chats.map((chat) => ({ ...chat, api_url_file: undefined, api_url: chatUrl })),
  }))
  const file = join(directory, 'alertmanager.yml')
  writeFileSync(file, JSON.stringify({ ...example, receivers }))
  return file
}

async function mutedBy(alertmanager: string): Promise<readonly string[]> {
  const answer = await fetch(`${alertmanager}/api/v2/alerts?active=false&inhibited=true`)
  const alerts: readonly { readonly labels: Labels }[] = JSON.parse(await answer.text())
  return alerts.map(({ labels }) => `${labels['alertname']} ${labels['registry']}`)
}
