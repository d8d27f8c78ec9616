import { harmlessJsonText } from '../report/escape.ts'
import type { Log } from '../serve/log.ts'
import type { Io } from './io.ts'

/** JSON lines on stderr. @param level of pino */
export async function serveLog(io: Io, level: string): Promise<Log> {
  const { pino } = await import('pino')
  const destination = {
    write: (line: string): void => {
      io.stderr.write(harmlessJsonText(line))
    },
  }
  const logger = pino({ level, base: { tool: 'regfsck' }, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  return (severity, event, fields = {}) => {
    logger[severity]({ event, ...fields })
  }
}
