import { Command, CommanderError } from '@commander-js/extra-typings'
import { STAND_ALONE } from '../config/options/table.ts'
import { harmless } from '../report/escape.ts'
import { addCheck } from './check/check-options.ts'
import { addCompletion } from './completion/completion-options.ts'
import { addConfig } from './config/config-options.ts'
import { addGcPreview } from './gc-preview/gc-preview-options.ts'
import { addOptions } from './options/command-options.ts'
import { unknownVariables } from './options/environment.ts'
import { AFTER_ALL, AFTER_EXPLAIN, HELP } from './options/help-text.ts'
import { connectionWords, type Redact, redactWords } from './options/passwords.ts'
import { UsageError } from './options/usage-error.ts'
import { addPin } from './pin/pin-options.ts'
import type { ExitCode } from './process/exit-code.ts'
import { INTERNAL_ERROR, internalErrorText } from './process/internal-error.ts'
import type { Io } from './process/io.ts'
import { addReachable } from './reachable/reachable-options.ts'
import { addScan } from './scan/scan-options.ts'
import { addServe } from './serve/serve-options.ts'

/**
 * Runs a command line. The code of a command is loaded only when it runs.
 *
 * @param args without the program's name
 * @returns the exit code; it neither ends the process nor throws
 */
export async function run(args: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let code: ExitCode = 0
  const dashes = args.indexOf('--')
  const afterDashes = dashes < 0 ? 0 : args.length - dashes - 1
  const done: Done = (result) => {
    code = result
  }
  const redact = redactWords([...args, ...connectionWords(io.env)])
  const program = programWith({ io, version, afterDashes, done, redact })
  try {
    await program.parseAsync(args.map(explicitValue), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof UsageError) {
      for (const problem of error.problems) io.stderr.write(`regfsck: ${harmless(redact(problem))}\n`)
      return 2
    }
    io.stderr.write(internalErrorText(error, { args, env: io.env, redact }))
    return INTERNAL_ERROR
  }
}

type Done = (code: ExitCode) => void

interface How {
  readonly io: Io
  readonly version: string
  /** The number of words after `--`: they are targets, even if they look like options. */
  readonly afterDashes: number
  readonly done: Done
  readonly redact: Redact
}

function programWith(how: How): Command {
  const { io, version, afterDashes, done, redact } = how
  const program = new Command('regfsck')
    .description(
      'fsck for container registries: finds what a pull would trip over, before the pull does.\nIt never writes to and never deletes from a registry.',
    )
    .version(version, '-V, --version')
    .configureHelp(HELP)
    .addHelpText('after', AFTER_ALL)
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: io.stdout.write,
      writeErr: (text) => {
        io.stderr.write(redact(text))
      },
      outputError: (text, write) => {
        write(`${oneLine(redact(text))}\n`)
      },
    })
  program.commandsGroup('Checking registries:')
  addScan(program, afterDashes, async (request) => {
    const { scanCommand } = await import('./scan/scan-command.ts')
    done(await scanCommand(request, io, version))
  })
  addCheck(program, afterDashes, async (request) => {
    const { checkCommand } = await import('./check/check-command.ts')
    done(await checkCommand(request, io, version))
  })
  addPin(program, async (request) => {
    const { pinCommand } = await import('./pin/pin-command.ts')
    done(await pinCommand(request, io, version))
  })
  addReachable(program, afterDashes, async (request) => {
    const { reachableCommand } = await import('./reachable/reachable-command.ts')
    done(await reachableCommand(request, io, version))
  })
  addGcPreview(program, afterDashes, async (request) => {
    const { gcPreviewCommand } = await import('./gc-preview/gc-preview-command.ts')
    done(await gcPreviewCommand(request, io, version))
  })
  addServe(program, async (words) => {
    const { serveCommand } = await import('./serve/serve-command.ts')
    done(await serveCommand(words, io, version))
  })
  program.commandsGroup('Setup and help:')
  addConfig(program, {
    check: async (file) => {
      const { checkConfig } = await import('./config/config-command.ts')
      done(await checkConfig(file, io))
    },
    schema: async () => {
      const { printConfigSchema } = await import('./config/config-command.ts')
      done(printConfigSchema(io))
    },
  })
  addExplain(program, io, done)
  addCompletion(program, async (shell) => {
    const { completionCommand } = await import('./completion/completion-command.ts')
    done(completionCommand(shell, program, io))
  })
  program.hook('preAction', (_, command) => {
    if (!NEEDS_NO_ENVIRONMENT.has(command.name())) requireKnownVariables(program, io)
  })
  return program
}

/** Commands that only print. */
const NEEDS_NO_ENVIRONMENT: ReadonlySet<string> = new Set(['completion', 'explain', 'schema'])

/** @throws {UsageError} with a line for each variable that no command knows */
function requireKnownVariables(program: Command, { env }: Io): void {
  const known = program.commands.flatMap(({ options }) => options.flatMap(({ envVar }) => envVar ?? []))
  const problems = unknownVariables(env, new Set(known))
  if (problems.length > 0) throw new UsageError(problems)
}

function addExplain(program: Command, io: Io, done: Done): void {
  const explain = program
    .command('explain')
    .description('what a finding, verdict or "unchecked" code means, how to confirm it by hand, how to repair it')
    .argument('[code]', 'such as layer-missing, degraded or STORE_DENIED; without it, a list of all')
    .addHelpText('after', AFTER_EXPLAIN)
    .action(async (code) => {
      const { explainCommand } = await import('./explain/explain-command.ts')
      done(explainCommand(code, io))
    })
  addOptions(explain, 'explain')
}

/** An error of commander in our style. Commander puts its suggestions on a line of their own. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, 'regfsck: ')
    .replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?')
}

/** An option whose value is optional must not take the next word as its value. */
function explicitValue(arg: string): string {
  return STAND_ALONE.has(arg) ? `${arg}=*` : arg
}
