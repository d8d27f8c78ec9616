import { spawn } from 'node:child_process'

/** An Alertmanager of its own, on loopback, that has no peers. */
export interface RunningAlertmanager {
  readonly url: string
  stop(): Promise<void>
}

const START_LIMIT = 30_000

/**
 * Start Alertmanager on a free port, which it picks and logs itself.
 *
 * @param config the path of its configuration
 * @param storage a directory that it may write to
 * @throws {Error} with its log when it does not come up
 */
export async function startAlertmanager(config: string, storage: string): Promise<RunningAlertmanager> {
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${config}`,
      `--storage.path=${storage}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = (): Promise<void> => {
    child.kill('SIGKILL')
    return gone
  }
  let log = ''
  const host = new Promise<string>((resolve, reject) => {
    const fail = (): void => reject(new Error(`Alertmanager does not come up:\n${log}`))
    const late = setTimeout(fail, START_LIMIT)
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      const [, address] = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(log) ?? []
      if (address === undefined) return
      clearTimeout(late)
      resolve(address)
    })
    child.once('error', reject)
    child.once('close', fail)
  })
  try {
    return { url: `http://${await host}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
