import type { Logger } from 'pino'
import { harmlessJsonText } from '../../report/escape.ts'
import type { Io } from '../process/io.ts'

/**
 * JSON lines on stderr: `level` by its name, `time`, `tool`, then what is logged, `msg` last.
 *
 * The library is loaded only here: a scan's own result is never a log line.
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
