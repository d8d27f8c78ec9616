import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { explainedCodes } from '../explain/explain-command.ts'
import { OptionValues } from '../options/option-values.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { bashCompletion } from './bash.ts'
import { SHELLS } from './completion-options.ts'
import { fishCompletion } from './fish.ts'
import { commandTree } from './tree.ts'
import { zshCompletion } from './zsh.ts'

const WRITERS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** Prints the completion script for a shell, derived from the commands. @throws {UsageError} */
export function completionCommand(shell: string, program: CommandUnknownOpts, io: Io): ExitCode {
  const values = new OptionValues()
  const chosen = values.choice('SHELL', shell, SHELLS)
  values.finish()
  io.stdout.write(WRITERS[chosen](commandTree(program, explainedCodes())))
  return 0
}
