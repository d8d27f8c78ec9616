import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { prefixOf } from '../../config/external-url.ts'
import { placeText } from '../../config/listen.ts'
import { REFERENCE_SETTINGS, SCAN_SETTINGS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { DeployedService } from '../../serve/deployed/deployed-service.ts'
import { deployedStore } from '../../serve/deployed/deployed-store.ts'
import { responsesOf } from '../../serve/http/answers.ts'
import { withOwnDeployedLinks, withOwnLinks } from '../../serve/http/own-links.ts'
import { serverFor } from '../../serve/http/server.ts'
import type { ServeLog } from '../../serve/log.ts'
import { systemClock } from '../../serve/schedule/clock.ts'
import { digestOf, watchFile } from '../../serve/schedule/config-reload.ts'
import { checkInProcess, scanInProcess } from '../../serve/schedule/scan-process.ts'
import { Service } from '../../serve/service.ts'
import { StateStore } from '../../serve/state/state-store.ts'
import { requireRereadable } from '../config/config-file.ts'
import { CODE_ROOMS, codePages } from '../explain/code-pages.ts'
import { environmentNameOf } from '../options/environment.ts'
import { connectionWords, redactWords } from '../options/passwords.ts'
import { UsageError } from '../options/usage-error.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { stackInSources } from '../process/stack-in-sources.ts'
import { listenAt } from './listen-at.ts'
import { serveLog, serveLogLevel } from './serve-log.ts'
import { readServeRequest, type ServeRequest } from './serve-request.ts'
import { stateFilesIn } from './state-files.ts'

/** The options of `serve`, not yet checked. */
export type ServeWords = WordsOf<'serve'>

/** Milliseconds for scans to report what they have and to end. */
const GRACE = 4000

/** Scans by the schedules of a configuration file and serves the results over HTTP, until a signal comes. */
export async function serveCommand(words: ServeWords, io: Io, version: string): Promise<ExitCode> {
  requireRereadable(words.config)
  const before = digestOf(words.config)
  const request = await readServeRequest(words.config, io, words)
  const { externalUrl } = request
  const prefix = prefixOf(externalUrl)
  const log = await serveLog(io, serveLogLevel(words, request.logLevel))
  const program = fileURLToPath(new URL('../../bin.js', import.meta.url))
  const files = stateFilesIn(request.state)
  const warn = (problem: string): void => {
    log('warn', 'state.failed', { problem })
  }
  const shared = { clock: systemClock, random: Math.random, log }
  const service = new Service({
    ...shared,
    scan: scanInProcess(program, environmentOf(io.env, SCAN_SETTINGS)),
    scansAtOnce: request.scansAtOnce,
    store: new StateStore(files, warn),
    build: { version, nodeVersion: process.version },
  })
  const deployed = new DeployedService({
    ...shared,
    check: checkInProcess(program, environmentOf(io.env, REFERENCE_SETTINGS)),
    checksAtOnce: request.scansAtOnce,
    store: deployedStore(files, warn),
  })
  const services = { service, deployed }
  const reach = { ...request.listen, prefix, allowedHosts: request.allowedHosts }
  const pages = new Map(CODE_ROOMS.map((room) => [room, codePages(room)]))
  const answers = responsesOf(service, { clock: systemClock, version, prefix, pages, deployed })
  const server = serverFor(answers, reach, (error) => {
    log('error', 'http.failed', { problem: error.message, stack: stackInSources(error.stack ?? '') })
  })
  const bound = await listenAt(server, request.listen)
  await loadInto(services, request, externalUrl)
  log('info', 'serve.started', { listen: placeText(bound), ...(externalUrl !== undefined && { externalUrl }), version })
  const reload = (): void => {
    void reloadInto(services, { words, io, log, begunWith: request })
  }
  const unwatch = watchFile(words.config, before, reload, systemClock)
  io.onHangup?.(reload)
  if (!io.signal.aborted) await once(io.signal, 'abort')
  unwatch()
  log('info', 'serve.stopping', { signal: io.signal.reason })
  server.close()
  server.closeAllConnections()
  await Promise.race([
    Promise.all([service.stop(), deployed.stop()]),
    new Promise((resolve) => setTimeout(resolve, GRACE).unref()),
  ])
  return 0
}

interface Services {
  readonly service: Service
  readonly deployed: DeployedService
}

async function loadInto(
  { service, deployed }: Services,
  { plans, references }: ServeRequest,
  externalUrl: string | undefined,
): Promise<void> {
  await deployed.load(references.map((plan) => withOwnDeployedLinks(plan, externalUrl)))
  await service.load(plans.map((plan) => withOwnLinks(plan, externalUrl)))
}

interface Reload {
  readonly words: ServeWords
  readonly io: Io
  readonly log: ServeLog
  /** The settings that need a restart. */
  readonly begunWith: ServeRequest
}

/** A bad new file never stops the service: it keeps running with the old one. */
async function reloadInto(services: Services, { words, io, log, begunWith }: Reload): Promise<void> {
  try {
    const request = await readServeRequest(words.config, io, words)
    await loadInto(services, request, begunWith.externalUrl)
    log('info', 'config.reloaded', { file: words.config })
    const waiting = AT_START.filter((name) => JSON.stringify(request[name]) !== JSON.stringify(begunWith[name]))
    if (waiting.length > 0) log('warn', 'config.restart-needed', { changed: waiting })
  } catch (error) {
    const redact = redactWords(connectionWords(io.env))
    const problems = (error instanceof UsageError ? error.problems : [String(error)]).map(redact)
    services.service.rejectConfig(problems)
    const stack =
      error instanceof Error && !(error instanceof UsageError) ? { stack: stackInSources(error.stack ?? '') } : {}
    for (const problem of problems) log('error', 'config.refused', { problem, ...stack })
  }
}

const AT_START = ['listen', 'externalUrl', 'allowedHosts', 'state', 'scansAtOnce', 'logLevel'] as const

/** The environment for a run: only settings about how to check, none about outputs. */
function environmentOf(env: Io['env'], settings: ReadonlySet<string>): NodeJS.ProcessEnv {
  const scanSettings = new Set([...settings].map(environmentNameOf))
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('REGFSCK_') || scanSettings.has(name)),
  )
}
