import type { Command } from '@commander-js/extra-typings'
import { addOptions } from '../options/command-options.ts'
import { wordsGiven } from '../options/given-words.ts'
import { AFTER_PIN } from '../options/help-text.ts'
import type { PinRequest } from './pin-request.ts'

/** Adds the command `pin`. It turns its options into a request and passes that on. */
export function addPin(program: Command, act: (request: PinRequest) => Promise<void>): void {
  const pin = program
    .command('pin')
    .description(
      'write down what was proved: checks the images of files (--from) and pins each to its digest, name:tag@sha256:…',
    )
  addOptions(pin, 'pin')
  pin.addHelpText('after', AFTER_PIN).action(async (_, command) => {
    const words = await wordsGiven('pin', command)
    const { readPinRequest } = await import('./pin-request.ts')
    // In a configuration file, `exclude` names repositories.
    const isGiven = ['cli', 'env'].includes(command.getOptionValueSource('exclude') ?? '')
    await act(readPinRequest(isGiven ? words : { ...words, exclude: [] }))
  })
}
