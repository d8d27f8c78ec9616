import { Command, CommanderError } from '@commander-js/extra-typings'
import { REFERENCE_SETTINGS } from '../../config/options/table.ts'
import { addOptions } from '../options/command-options.ts'
import { wordsGiven } from '../options/given-words.ts'
import { AFTER_CHECK } from '../options/help-text.ts'
import { unknownAmong } from '../options/unknown-option.ts'
import { UsageError } from '../options/usage-error.ts'
import type { CheckRequest } from './check-request.ts'

/** Adds the command `check`. It turns its options into a request and passes that on. */
export function addCheck(program: Command, afterDashes: number, act: (request: CheckRequest) => Promise<void>): void {
  const check = program
    .command('check')
    .description(
      'check single images end to end: the gate after a push, or before a deployment (--from). Prints name@sha256:… of each intact image',
    )
    .argument('[reference...]', 'host/name:tag or host/name@sha256:…; http://host/name:tag for plain HTTP')
  addOptions(check, 'check')
  check
    .addHelpText('after', AFTER_CHECK)
    .allowUnknownOption()
    .action(async (references, _, command) => {
      const unknown = unknownAmong(references, afterDashes, command)
      const { readCheckRequest } = await import('./check-request.ts')
      const images = references.filter((reference) => !unknown.some(({ word }) => word === reference))
      await act(await readCheckRequest(images, await wordsGiven('check', command), unknown))
    })
}

/**
 * Checks the options of a `check --from`, without reading the files that it names.
 *
 * @returns milliseconds of `--deadline`
 * @throws {UsageError} with a line for each problem
 */
export async function requireCheckOptions(args: readonly string[]): Promise<number | undefined> {
  const found: CheckRequest[] = []
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  const check = program.command('check')
  addOptions(check, 'check')
  check.action(async (_, command) => {
    const { readCheckRequest } = await import('./check-request.ts')
    found.push(await readCheckRequest(['registry.invalid/app:v1'], await wordsGiven('check', command), [], false))
  })
  for (const option of check.options) if (!REFERENCE_SETTINGS.has(option.name())) option.envVar = ''
  try {
    await program.parseAsync(['check', ...args], { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? new UsageError([error.message.replace(/^error: /, '')]) : error
  }
  return found[0]?.deadline
}
