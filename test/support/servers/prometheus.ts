import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** An alert as Prometheus sees it: what is pending has not yet lasted for as long as its rule asks. */
export interface SeenAlert {
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
}

export interface SeenSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A real `prometheus` of its own, on loopback, that scrapes every second and thinks twice as often. */
export interface RunningPrometheus {
  alerts(): Promise<readonly SeenAlert[]>
  /** All that an expression yields now. */
  series(expression: string): Promise<readonly SeenSeries[]>
  /** The value of an expression that yields one series now; `undefined` where there is none. */
  value(expression: string): Promise<number | undefined>
  stop(): Promise<void>
}

export interface PrometheusOptions {
  /** Where its configuration and its data go. */
  readonly directory: string
  /** A file of rules. */
  readonly rules: string
  /** Whose metrics it scrapes as they are, their labels included. */
  readonly gateway: string
  readonly alertmanager: string
  /** How labels of alerts are changed on their way to it. */
  readonly relabeling?: readonly object[] | undefined
}

interface Answer {
  readonly data: {
    readonly alerts: readonly SeenAlert[]
    readonly activeAlertmanagers: readonly unknown[]
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value: readonly [number, string]
    }[]
  }
}

const START_LIMIT = 60_000
const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Start Prometheus on a free port, which it picks and logs itself.
 *
 * @returns once it has scraped the gateway and knows the Alertmanager: what fires before that is told a minute later
 * @throws {Error} with its log where it does not come up
 */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const config = join(options.directory, 'prometheus.yml')
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configOf(options)))
  const data = `--storage.tsdb.path=${join(options.directory, 'prometheus')}`
  const child = spawn('prometheus', [`--config.file=${config}`, data, '--web.listen-address=127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  running.add(child)
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  }).finally(() => running.delete(child))
  const stop = (): Promise<void> => {
    child.kill('SIGKILL')
    return gone
  }
  const log = collected(child)
  try {
    const url = await listening(child, log)
    const prometheus = { ...questionsTo(url), stop }
    await watching(url, prometheus)
    return prometheus
  } catch (cause) {
    await stop()
    throw new Error(`Prometheus did not come up: ${log()}`, { cause })
  }
}

function configOf({ rules, gateway, alertmanager, relabeling = [] }: PrometheusOptions): object {
  const at = (url: string): object => ({ static_configs: [{ targets: [new URL(url).host] }] })
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '500ms' },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'pushgateway', honor_labels: true, ...at(gateway) }],
    alerting: { alertmanagers: [at(alertmanager)], alert_relabel_configs: relabeling },
  }
}

function questionsTo(url: string): Omit<RunningPrometheus, 'stop'> {
  const series = async (expression: string): Promise<readonly SeenSeries[]> => {
    const { result } = (await ask(url, `query?${new URLSearchParams({ query: expression })}`)).data
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
  }
  return {
    alerts: async () => (await ask(url, 'alerts')).data.alerts,
    series,
    value: async (expression) => (await series(expression))[0]?.value,
  }
}

async function watching(url: string, { value }: RunningPrometheus): Promise<void> {
  const limit = Date.now() + START_LIMIT
  const isWatching = async (): Promise<boolean> =>
    (await value('up')) === 1 && (await ask(url, 'alertmanagers')).data.activeAlertmanagers.length > 0
  while (!(await isWatching())) {
    if (Date.now() > limit) throw new Error('it does not scrape, or knows no Alertmanager')
    await wait(100)
  }
}

/** While it reads its data it answers 503, in words. */
async function ask(url: string, question: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1/${question}`)
  if (!answer.ok) throw new Error(`${question}: ${answer.status} ${await answer.text()}`)
  return JSON.parse(await answer.text())
}

function collected(child: ChildProcess): () => string {
  let log = ''
  child.stderr?.on('data', (piece: Buffer) => {
    log += piece.toString()
  })
  return () => log
}

/** Ready to be asked, which is later than listening. */
function listening(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('ended or silent before it was ready'))
    const late = setTimeout(fail, START_LIMIT)
    child.stderr?.on('data', () => {
      const [, host] = /msg="Listening on" address=(127\.0\.0\.1:\d+)/.exec(log()) ?? []
      if (host === undefined || !log().includes('Server is ready to receive web requests')) return
      clearTimeout(late)
      resolve(`http://${host}`)
    })
    child.once('error', fail)
    child.once('close', fail)
  })
}
