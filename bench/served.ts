import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real registry on loopback, serving one of the trees. */
export interface Served {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export interface Serving {
  readonly scratch: string
  /** Where each request leaves a line; without it none is written anywhere. */
  readonly accessLog?: string
}

const START_LIMIT = 30_000

/**
 * Start `docker-registry serve` on a free port, with Debian's descriptor cache and without its password.
 *
 * @throws {Error} when it does not answer in time
 */
export async function serve(root: string, { scratch, accessLog }: Serving): Promise<Served> {
  const address = `127.0.0.1:${await freePort()}`
  const file = join(scratch, `serve-${address.replace(/\D/g, '-')}.yml`)
  writeFileSync(file, JSON.stringify(configuration(root, address, accessLog !== undefined)))
  const output = accessLog === undefined ? 'ignore' : openSync(accessLog, 'w')
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', output, 'inherit'] })
  const gone = once(child, 'exit')
  const url = `http://${address}`
  const stop = async () => {
    child.kill()
    await gone
  }
  try {
    await answering(`${url}/v2/`)
    return { url, pid: child.pid ?? 0, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** JSON is YAML. */
function configuration(root: string, address: string, logged: boolean): object {
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: !logged } },
    storage: {
      cache: { blobdescriptor: 'inmemory' },
      filesystem: { rootdirectory: root },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: address, secret: 'for measurements only' },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

async function answering(url: string): Promise<void> {
  for (const started = performance.now(); ; await sleep(20)) {
    const answer = await fetch(url).catch((error: unknown) => error)
    if (answer instanceof Response && answer.ok) return
    if (performance.now() - started > START_LIMIT) throw new Error(`${url} does not answer`, { cause: answer })
  }
}
