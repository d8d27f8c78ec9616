import { type Command, createArgument } from '@commander-js/extra-typings'
import { AFTER_COMPLETION } from '../options/help-text.ts'
import { dryRun } from '../options/options.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** Adds the command `completion`. */
export function addCompletion(program: Command, act: (shell: string) => Promise<void>): void {
  const shell = createArgument('<shell>', 'bash, zsh or fish')
  shell.argChoices = [...SHELLS]
  program
    .command('completion')
    .description('print a completion script for commands, options and their values')
    .addArgument(shell)
    .addOption(dryRun())
    .addHelpText('after', AFTER_COMPLETION)
    .action(act)
}
