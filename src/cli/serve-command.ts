import { once } from 'node:events'
import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LOOKING } from '../config/schema.ts'
import { harmless } from '../report/escape.ts'
import { answersOf } from '../serve/answers.ts'
import { systemClock } from '../serve/clock.ts'
import { Keeping, type Shelf } from '../serve/keeping.ts'
import type { Log } from '../serve/log.ts'
import { digestOf, watchFile } from '../serve/reloading.ts'
import { scanInProcess } from '../serve/scan-process.ts'
import { serverFor } from '../serve/server.ts'
import { Service } from '../serve/service.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { environmentNameOf } from './options.ts'
import { serveLog } from './serve-log.ts'
import { readServeRequest, type ServeRequest } from './serve-request.ts'
import { UsageError } from './usage-error.ts'
import { writeWholeFile } from './whole-file.ts'

/** What the command line says. */
export interface ServeWords {
  readonly config: string
  readonly listen?: string | undefined
  readonly logLevel?: string | undefined
}

/** Milliseconds for scans to say what they have and to end. */
const PATIENCE = 4000

/** Scan by a configuration file, again and again, and answer over HTTP, until a signal comes. */
export async function serveCommand(words: ServeWords, io: Io, version: string): Promise<ExitCode> {
  const before = digestOf(words.config)
  const request = await readServeRequest(words.config, io, words.listen)
  const { host, port } = request
  const log = await serveLog(io, words.logLevel ?? request.logLevel)
  const program = fileURLToPath(new URL('../bin.js', import.meta.url))
  const service = new Service({
    scan: scanInProcess(program, environmentOf(io.env)),
    clock: systemClock,
    random: Math.random,
    scansAtOnce: request.scansAtOnce,
    keeping: new Keeping(shelfIn(request.state), (sentence) => {
      log('warn', 'state', { sentence })
    }),
    log,
    maker: { version, nodeVersion: process.version },
  })
  const server = serverFor(answersOf(service, { clock: systemClock, version }), host, (error) => {
    log('error', 'http.failed', { message: error.message, stack: error.stack })
  })
  await listen(server, host, port)
  await service.follow(request.plans)
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  log('info', 'serve.started', { listen: `${host.includes(':') ? `[${host}]` : host}:${bound}`, version })
  const reload = (): void => {
    void reloadInto(service, { words, io, log, begunWith: request })
  }
  const unwatch = watchFile(words.config, before, reload, systemClock)
  io.onHangup?.(reload)
  if (!io.signal.aborted) await once(io.signal, 'abort')
  unwatch()
  log('info', 'serve.stopping', { signal: io.signal.reason })
  server.close()
  server.closeAllConnections()
  await Promise.race([service.stop(), new Promise((resolve) => setTimeout(resolve, PATIENCE).unref())])
  return 0
}

interface Reload {
  readonly words: ServeWords
  readonly io: Io
  readonly log: Log
  /** What is read at the start only. */
  readonly begunWith: ServeRequest
}

/** Whatever is wrong with a file, even with how it is read, does not end what runs by the old one. */
async function reloadInto(service: Service, { words, io, log, begunWith }: Reload): Promise<void> {
  try {
    const request = await readServeRequest(words.config, io, words.listen)
    await service.follow(request.plans)
    log('info', 'config.reloaded', { file: words.config })
    const waiting = AT_START.filter((name) => request[name] !== begunWith[name])
    if (waiting.length > 0) log('warn', 'config.restart-needed', { changed: waiting })
  } catch (error) {
    service.refused()
    const problems = error instanceof UsageError ? error.problems : [String(error)]
    const stack = error instanceof Error && !(error instanceof UsageError) ? { stack: error.stack } : {}
    for (const problem of problems) log('error', 'config.refused', { problem, ...stack })
  }
}

const AT_START = ['host', 'port', 'state', 'scansAtOnce', 'logLevel'] as const

/** @throws {UsageError} where it cannot be bound */
function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new UsageError([`cannot listen on ${host}:${port}: ${harmless(error.message)}; choose another with --listen`]),
      )
    })
    server.listen(port, host, () => {
      resolve()
    })
  })
}

/** Of what the environment says, a scan takes how to look; what to do with the result is not its business. */
function environmentOf(env: Io['env']): NodeJS.ProcessEnv {
  const looking = new Set([...LOOKING].map(environmentNameOf))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('REGFSCK_') || looking.has(name)))
}

function shelfIn(directory: string | undefined): Shelf | undefined {
  if (directory === undefined) return undefined
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return {
    read: (name) => {
      try {
        return readFileSync(join(directory, name), 'utf8')
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    write: (name, text) => {
      writeWholeFile(join(directory, name), text, 0o600)
    },
    setAside: (name) => {
      renameSync(join(directory, name), join(directory, `${name}.damaged`))
    },
  }
}
