import type { OUTPUT } from '../../config/options/output.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { SERVE_EVENTS, type ServeLog } from '../../serve/log.ts'
import { OptionValues } from '../options/option-values.ts'
import { louder } from '../options/verbosity.ts'
import type { Io } from '../process/io.ts'
import { jsonLogger } from '../run/json-log.ts'

/** Options about the log, not yet checked. */
export type LogWords = WordsOf<'serve', typeof OUTPUT>

/**
 * The log level: from `--log-level`, then `--quiet`, then the file. `-v` makes it more verbose.
 *
 * @throws {UsageError}
 */
export function serveLogLevel({ logLevel, quiet, verbose }: LogWords, inFile: string): string {
  const values = new OptionValues()
  const level = logLevel === undefined ? undefined : values.choice('--log-level', logLevel, OPTIONS['log-level'].words)
  values.finish()
  return louder(level ?? (quiet === true ? 'warn' : inFile), 'info', verbose)
}

/** @param level of pino */
export async function serveLog(io: Pick<Io, 'stderr'>, level: string): Promise<ServeLog> {
  const logger = await jsonLogger(io, level)
  return (severity, event, fields = {}) => {
    logger[severity]({ event, ...fields }, SERVE_EVENTS[event])
  }
}
