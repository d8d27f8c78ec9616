import { randomInt } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RegistryOptions, type RunningRegistry, startRegistry } from './registry.ts'

/** A registry that somebody can restart from a shell, and that comes back on the same port. */
export interface LiveRegistry {
  readonly url: string
  /** Returns once the new process is started, which is before it answers: as `docker restart` does. */
  readonly restartCommand: string
  /** How many times the command was run. */
  restarts(): number
  /** Returns once it answers again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Below the ports that Linux gives to connections: none of those can take it while the registry is down. */
const PORTS = { from: 15_000, to: 32_000 }
const TRIES = 20

export async function startLive(options: Omit<RegistryOptions, 'port'>): Promise<LiveRegistry> {
  const { first, port } = await startOnAnyPort(options)
  let running = Promise.resolve(first)
  let restarts = 0
  const again = async (): Promise<void> => {
    await (await running).stop()
    running = startRegistry({ ...options, port })
    running.catch(() => undefined) // thrown by the next to wait for it
  }
  const door = createServer((_, response) => {
    restarts++
    again().then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const { port: doorPort } = door.address() as AddressInfo // a TCP server has no other
  return {
    url: first.url,
    restartCommand: `curl -fsS -X POST http://127.0.0.1:${doorPort}/`,
    restarts: () => restarts,
    restart: async () => {
      await again()
      await running
    },
    stop: async () => {
      door.closeAllConnections()
      await new Promise((resolve) => door.close(resolve))
      await (await running).stop()
    },
  }
}

async function startOnAnyPort(options: RegistryOptions): Promise<{ first: RunningRegistry; port: number }> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(PORTS.from, PORTS.to)
    try {
      return { first: await startRegistry({ ...options, port }), port }
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}
