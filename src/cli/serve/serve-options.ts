import type { Command } from '@commander-js/extra-typings'
import { addOptions } from '../options/command-options.ts'
import { wordsGiven } from '../options/given-words.ts'
import { AFTER_SERVE } from '../options/help-text.ts'
import type { ServeWords } from './serve-command.ts'

/** Adds the command `serve`. */
export function addServe(program: Command, act: (words: ServeWords) => Promise<void>): void {
  const serve = program
    .command('serve')
    .description('scan registries on a schedule and serve metrics, a status page and JSON over HTTP')
  addOptions(serve, 'serve')
  serve.addHelpText('after', AFTER_SERVE).action(async (_, command) => {
    await act(await wordsGiven('serve', command))
  })
}
