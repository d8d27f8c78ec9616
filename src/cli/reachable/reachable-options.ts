import type { Command } from '@commander-js/extra-typings'
import { addOptions } from '../options/command-options.ts'
import { wordsGiven } from '../options/given-words.ts'
import { AFTER_REACHABLE } from '../options/help-text.ts'
import { unknownAmong } from '../options/unknown-option.ts'
import type { ReachableRequest } from './reachable-request.ts'

/** Adds the command `reachable`. It turns its options into a request and passes that on. */
export function addReachable(
  program: Command,
  afterDashes: number,
  act: (request: ReachableRequest) => Promise<void>,
): void {
  const reachable = program
    .command('reachable')
    .description('what tags, referrers and deployed images need: ask before you delete (--digests-from)')
    .argument('<target...>', "a registry's storage root, or https://HOST[:PORT]; as for scan")
  addOptions(reachable, 'reachable')
  reachable
    .addHelpText('after', AFTER_REACHABLE)
    .allowUnknownOption()
    .action(async (targets, _, command) => {
      const unknown = unknownAmong(targets, afterDashes, command)
      const { readReachableRequest } = await import('./reachable-request.ts')
      const paths = targets.filter((target) => !unknown.some(({ word }) => word === target))
      const words = await wordsGiven('reachable', command)
      const isGiven = (name: string): boolean => ['cli', 'env'].includes(command.getOptionValueSource(name) ?? '')
      // In a configuration file, `output` is about the report of a scan.
      const output = isGiven('output') ? words.output : []
      await act(readReachableRequest(paths, { ...words, output }, unknown))
    })
}
