import type { Command } from '@commander-js/extra-typings'
import { addOptions } from '../options/command-options.ts'
import { AFTER_CONFIG } from '../options/help-text.ts'

/** The actions of the subcommands of `config`. */
export interface ConfigActs {
  readonly check: (file: string) => Promise<void>
  readonly schema: () => Promise<void>
}

/** Adds the command `config`. */
export function addConfig(program: Command, acts: ConfigActs): void {
  const config = program.command('config').description('check a configuration file').addHelpText('after', AFTER_CONFIG)
  const check = config
    .command('check')
    .description('report everything that is wrong with it; scans nothing')
    .argument('<file>')
    .action(acts.check)
  addOptions(check, 'config check')
  const schema = config.command('schema').description('print its JSON Schema, for editors').action(acts.schema)
  addOptions(schema, 'config schema')
}
