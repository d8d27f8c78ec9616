import { type ChildProcess, spawn } from 'node:child_process'
import { BIN } from './run.ts'

export interface Serving {
  readonly url: string
  readonly child: ChildProcess
  /** JSON lines that it has logged so far. */
  readonly logged: { readonly event: string; readonly [field: string]: unknown }[]
  /** The text at a path. */
  get(path: string): Promise<string>
  /** The value of a series, by name and labels; `undefined`: there is none. */
  series(name: string): Promise<number | undefined>
  /** Waits until it has logged such an event so many times. */
  until(event: string, times?: number): Promise<void>
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly took: number }>
}

const LIMIT = 30_000

/** Starts `regfsck serve` on a port of its own. @param flags beside `--config` and `--listen` */
export async function serving(config: string, env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const child = spawn(process.execPath, [BIN, 'serve', '--config', config, '--listen', '127.0.0.1:0'], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const logged: Serving['logged'] = []
  let rest = ''
  let noise = ''
  child.stderr.on('data', (piece: Buffer) => {
    const lines = `${rest}${piece.toString()}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines)
      if (line.startsWith('{')) logged.push(JSON.parse(line))
      else noise += `${line}\n`
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const until: Serving['until'] = async (event, times = 1) => {
    const deadline = performance.now() + LIMIT
    while (logged.filter((line) => line.event === event).length < times) {
      if (performance.now() > deadline || child.exitCode !== null)
        throw new Error(`no ${times} × ${event}: ${JSON.stringify(logged)} ${noise}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await until('serve.started')
  const url = `http://${String(logged.find(({ event }) => event === 'serve.started')?.['listen'])}`
  const get = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text()
  return {
    url,
    child,
    logged,
    get,
    until,
    series: async (name) => {
      const line = (await get('/metrics')).split('\n').find((text) => text.startsWith(`registry_integrity_${name} `))
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1))
    },
    end: async (signal = 'SIGTERM') => {
      const started = performance.now()
      child.kill(signal)
      return { code: await ended, took: performance.now() - started }
    },
  }
}
