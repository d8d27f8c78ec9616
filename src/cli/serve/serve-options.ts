import type { Command } from '@commander-js/extra-typings'
import { CHOICES } from '../../config/choices.ts'
import { AFTER_CONFIG, AFTER_SERVE } from '../options/help-text.ts'
import { choice, counted, dryRun, option, repeatable, switches } from '../options/options.ts'
import { stepsOf } from '../options/verbosity.ts'
import type { ServeWords } from './serve-command.ts'

/** Adds the command `serve`. */
export function addServe(program: Command, act: (words: ServeWords) => Promise<void>): void {
  program
    .command('serve')
    .description('scan registries on a schedule and serve metrics, a status page and JSON over HTTP')
    .addOption(
      option('--config <file>', 'the configuration file: which registries, how and how often').makeOptionMandatory(),
    )
    .addOption(
      option(
        '--listen <host:port>',
        'listen on this address instead of the one in the file; :PORT is every address (default: 127.0.0.1:9847)',
      ),
    )
    .addOption(
      option(
        '--external-url <url>',
        'the URL under which others reach it, for example behind a proxy: https://HOST[:PORT][/PREFIX]',
      ),
    )
    .addOption(
      repeatable('--allowed-hosts <host>', 'a Host header to answer to, *.example.com, or * for all; repeatable'),
    )
    .addOption(
      choice(
        '--log-level <level>',
        'log to stderr: silent, error, warn, info, debug or trace (default: info)',
        CHOICES['log-level'],
      ),
    )
    .addOption(option('-q, --quiet', 'log only warnings and errors: as --log-level warn'))
    .addOption(counted('-v, --verbose', 'log more: -v is debug, -vv trace'))
    .addOption(dryRun())
    .addHelpText('after', AFTER_SERVE)
    .action(async (words, command) => {
      await act({ ...words, ...switches(words, command), ...stepsOf(words.verbose, command) })
    })
}

/** What can be done with a configuration file. */
export interface ConfigActs {
  readonly check: (file: string) => Promise<void>
  readonly schema: () => Promise<void>
}

/** Adds the command `config`. */
export function addConfig(program: Command, { check, schema }: ConfigActs): void {
  const config = program.command('config').description('check a configuration file').addHelpText('after', AFTER_CONFIG)
  config
    .command('check')
    .description('report everything that is wrong with it; scans nothing')
    .argument('<file>')
    .addOption(dryRun())
    .action(check)
  config.command('schema').description('print its JSON Schema, for editors').addOption(dryRun()).action(schema)
}
