import { harmless } from '../../report/escape.ts'
import { stackInSources } from './stack-in-sources.ts'

/** The exit code of a crash: EX_SOFTWARE of sysexits.h. No scan result has this code. */
export const INTERNAL_ERROR = 70

/**
 * The message about a bug: one line, and the stack only if it was asked for.
 *
 * @param args of the command line
 * @param redact removes passwords from it
 */
export function internalErrorText(
  error: unknown,
  about: {
    readonly args: readonly string[]
    readonly env: Readonly<Record<string, string | undefined>>
    readonly redact: (text: string) => string
  },
): string {
  const { args, env, redact } = about
  if (isOutOfFiles(error)) return `regfsck: ${OUT_OF_FILES}\n`
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const line = `regfsck: internal error: ${harmless(redact(message)).slice(0, LONGEST)}. This is a bug in regfsck: please open an issue with this line`
  if (!wantsStack(args, env)) return `${line}, and with the stack that --log-level debug prints\n`
  const stack = error instanceof Error ? stackInSources(error.stack ?? '') : ''
  const frames = stack.split('\n').filter((frame) => /^\s+at /.test(frame))
  return [`${line} and the stack:`, ...frames.map((frame) => harmless(redact(frame)))].join('\n').concat('\n')
}

const LONGEST = 500

function wantsStack(args: readonly string[], env: Readonly<Record<string, string | undefined>>): boolean {
  const at = args.lastIndexOf('--log-level')
  const given = args.findLast((arg) => arg.startsWith('--log-level='))?.slice('--log-level='.length)
  const level = (at < 0 ? undefined : args[at + 1]) ?? given ?? env['REGFSCK_LOG_LEVEL'] ?? ''
  const steps = args.reduce((sum, arg) => sum + (arg === '--verbose' ? 1 : /^-v+$/.test(arg) ? arg.length - 1 : 0), 0)
  return steps > 1 || ['debug', 'trace'].includes(level)
}

/** Not a bug: the limit of open files is too low to load the program. */
function isOutOfFiles(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')
}

const OUT_OF_FILES =
  'too many open files: nothing was scanned. Raise the limit, 256 is enough (ulimit -n 256, or LimitNOFILE= of a systemd unit)'
