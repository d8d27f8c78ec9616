import { type Command, createArgument } from '@commander-js/extra-typings'
import { addOptions } from '../options/command-options.ts'
import { AFTER_COMPLETION } from '../options/help-text.ts'

/** The shells that completion scripts exist for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** Adds the command `completion`. */
export function addCompletion(program: Command, act: (shell: string) => Promise<void>): void {
  const shell = createArgument('<shell>', 'bash, zsh or fish')
  shell.argChoices = [...SHELLS]
  const completion = program
    .command('completion')
    .description('print a completion script for commands, options and their values')
    .addArgument(shell)
    .addHelpText('after', AFTER_COMPLETION)
    .action(act)
  addOptions(completion, 'completion')
}
