import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'

/** A real `prometheus-pushgateway` of its own, on loopback. */
export interface RunningPushgateway {
  readonly url: string
  /** What Prometheus would scrape. */
  scrape(): Promise<string>
  /** Ends the process and waits until it is gone. May be called twice. */
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Start a real Pushgateway; it picks a free port by itself and logs it, unless it is told one.
 *
 * @param options.file where it keeps its data; Debian's default is a file of the system
 * @throws {Error} with its log where it does not come up
 */
export async function startPushgateway(options: {
  readonly file: string
  readonly port?: number
}): Promise<RunningPushgateway> {
  const address = `--web.listen-address=127.0.0.1:${options.port ?? 0}`
  const child = spawn('prometheus-pushgateway', [address, `--persistence.file=${options.file}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  running.add(child)
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve())).finally(() => running.delete(child))
  const url = await listening(child, gone)
  return {
    url,
    async scrape() {
      return (await fetch(`${url}/metrics`)).text()
    },
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** A port of loopback on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function listening(child: ChildProcess, gone: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.stderr?.on('data', (piece: Buffer) => {
      log += piece.toString()
      const address = /msg="Listening on" address=(\S+)/.exec(log)?.[1]
      if (address !== undefined) resolve(`http://${address}`)
    })
    child.once('error', reject)
    void gone.then(() => reject(new Error(`the Pushgateway did not come up: ${log}`)))
  })
}
