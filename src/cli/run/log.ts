import type { ScanEvent } from '../../check/events.ts'
import type { Io } from '../process/io.ts'
import { jsonLogger } from './json-log.ts'

/** Logs events to stderr as they happen, for machines. */
export interface Log {
  take(event: ScanEvent): void
}

/** At these levels a scan logs nothing. */
const SILENT: ReadonlySet<string> = new Set(['silent', 'error', 'warn'])

/** @param level of pino */
export async function logTo(io: Io, level: string): Promise<Log> {
  if (SILENT.has(level)) return { take: () => undefined }
  const logger = await jsonLogger(io, level)
  let registry = ''
  return {
    take(event: ScanEvent): void {
      switch (event.type) {
        case 'target':
          registry = event.info.registry
          logger.info({ event: 'scan.started', ...event.info }, 'scan started')
          return
        case 'progress':
          logger.debug({ event: 'scan.progress', registry, ...event }, 'scan in progress')
          return
        case 'repairs':
          return
        case 'finding': {
          const { id, code, cause, severity, repository, digest, tags } = event.finding
          logger.info({ event: 'finding', registry, id, code, cause, severity, repository, digest, tags }, 'found')
          return
        }
        case 'fixed':
          logger.info({ event: 'finding.fixed', registry, ...event.finding }, 'no longer found')
          return
        case 'still-known':
          logger.info({ event: 'finding.still-known', registry, ...event.finding }, 'could not be checked again')
          return
        case 'unchecked':
          logger.info({ event: 'object.unchecked', registry, ...event.record }, 'could not be checked')
          return
        case 'tag':
          logger.debug({ event: 'tag.judged', registry, ...event.record }, 'tag judged')
          return
        case 'summary':
          logger.info(
            { event: 'scan.finished', registry, complete: event.complete, totals: event.totals },
            'scan finished',
          )
          return
        case 'unreadable':
          logger.info({ event: 'scan.failed', registry, reason: event.reason }, 'target could not be read')
      }
    },
  }
}
