import type { ScanEvent } from '../check/events.ts'
import { harmlessJsonText } from '../report/escape.ts'
import type { Io } from './io.ts'

/** Tells what happens while it happens: events for machines, on stderr. */
export interface Log {
  take(event: ScanEvent): void
}

/** The library is loaded only where something is to be logged: a scan's own result is never a log line. */
const SILENT: ReadonlySet<string> = new Set(['silent', 'error', 'warn'])

/** @param level of pino */
export async function logTo(io: Io, level: string): Promise<Log> {
  if (SILENT.has(level)) return { take: () => undefined }
  const destination = {
    write: (line: string): void => {
      io.stderr.write(harmlessJsonText(line))
    },
  }
  const { pino } = await import('pino')
  const logger = pino({ level, base: { tool: 'regfsck' }, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  let registry = ''
  return {
    take(event: ScanEvent): void {
      switch (event.type) {
        case 'target':
          registry = event.info.registry
          logger.info({ event: 'scan.started', ...event.info }, 'scan started')
          return
        case 'progress':
          logger.debug({ event: 'scan.progress', registry, ...event }, 'scan goes on')
          return
        case 'finding': {
          const { id, code, cause, severity, repository, digest, tags } = event.finding
          logger.info({ event: 'finding', registry, id, code, cause, severity, repository, digest, tags }, 'found')
          return
        }
        case 'fixed':
          logger.info({ event: 'finding.fixed', registry, ...event.finding }, 'no longer found')
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
