import { type Command, Option } from '@commander-js/extra-typings'
import { option } from './options.ts'
import type { ServeWords } from './serve-command.ts'

const AFTER_SERVE = `
Answers at /, /metrics, /healthz, /readyz and /api/v1/registries. Nothing that is asked for starts a scan.
SIGHUP or a changed file reads the configuration anew; one that is not sound is refused, and the old one stays in force.
SIGTERM ends it within 5 seconds, with exit code 0.`

/** Adds the command `serve`. */
export function addServe(program: Command, act: (words: ServeWords) => Promise<void>): void {
  program
    .command('serve')
    .description('scan registries again and again: metrics, status page and JSON over HTTP')
    .addOption(option('--config <file>', 'which registries, how and how often').makeOptionMandatory())
    .addOption(option('--listen <host:port>', 'where to answer, before what the file says (default: 127.0.0.1:9847)'))
    .addOption(
      new Option('--log-level <level>', 'silent, error, warn, info, debug or trace, to stderr (default: info)')
        .env('REGFSCK_LOG_LEVEL')
        .choices(['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const),
    )
    .addHelpText('after', AFTER_SERVE)
    .action(act)
}

/** What can be done with a configuration file. */
export interface ConfigActs {
  readonly check: (file: string) => Promise<void>
  readonly schema: () => Promise<void>
}

/** Adds the command `config`. */
export function addConfig(program: Command, { check, schema }: ConfigActs): void {
  const config = program.command('config').description('look at a configuration file')
  config
    .command('check')
    .description('tell everything that is wrong with it; scans nothing')
    .argument('<file>')
    .action(check)
  config.command('schema').description('print its JSON Schema, for editors').action(schema)
}
