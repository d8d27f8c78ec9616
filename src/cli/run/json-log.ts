import type { Logger } from 'pino'
import { harmlessJsonText } from '../../report/escape.ts'
import type { Io } from '../process/io.ts'

/**
 * Logs JSON lines to stderr: `level` as a name, `time`, `tool`, then the fields, `msg` last.
 *
 * The library is loaded only here: results of a scan are never log lines.
 *
 * @param level of pino
 */
export async function jsonLogger({ stderr }: Pick<Io, 'stderr'>, level: string): Promise<Logger> {
  const { default: pino } = await import('pino')
  const options = {
    level,
    base: { tool: 'regfsck' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name: string) => ({ level: name }) },
  }
  const destination = {
    write: (line: string): void => {
      stderr.write(harmlessJsonText(line))
    },
  }
  return pino(options, destination)
}
