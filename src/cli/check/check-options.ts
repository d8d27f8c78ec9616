import type { Command } from '@commander-js/extra-typings'
import { CHOICES, ONLY_OF_SCAN } from '../../config/choices.ts'
import { AFTER_CHECK } from '../options/help-text.ts'
import { fileDefaults, option, outputOption, sharedOptions, switches } from '../options/options.ts'
import { unknownAmong } from '../options/unknown-option.ts'
import { stepsOf } from '../options/verbosity.ts'
import type { CheckRequest } from './check-request.ts'

/** Adds the command `check`, which makes a request of its words and hands it on. */
export function addCheck(program: Command, afterDashes: number, act: (request: CheckRequest) => Promise<void>): void {
  const shared = sharedOptions()
  program
    .command('check')
    .description('check single images end to end: the gate after a push. Prints name@sha256:… of each intact image')
    .argument('<reference...>', 'host/name:tag or host/name@sha256:…; http://host/name:tag for plain HTTP')
    .optionsGroup('What to check:')
    .addOption(shared.depth)
    .addOption(
      option(
        '--platform <platform>',
        'check only what such a machine pulls, for example linux/arm64, and print its digest; exit with 1 if there is none',
      ),
    )
    .addOption(option('--expect-digest <digest>', 'exit with 1 if the image has another digest'))
    .addOption(shared.recheckDelay)
    .optionsGroup('Output:')
    .addOption(outputOption(CHOICES.output.filter((format) => !ONLY_OF_SCAN.has(format))))
    .addOption(shared.failOn)
    .addOption(shared.color)
    .addOption(shared.quiet)
    .addOption(shared.verbose)
    .addOption(shared.logLevel)
    .optionsGroup('Registry API:')
    .addOption(shared.requestTimeout)
    .addOption(shared.maxRequestsPerSecond)
    .addOption(shared.manifestCache)
    .addOption(shared.tokenFile)
    .addOption(shared.tokenHost)
    .addOption(shared.credentialHelpers)
    .addOption(shared.caFile)
    .addOption(shared.clientCert)
    .addOption(shared.clientKey)
    .addOption(shared.insecureSkipVerify)
    .optionsGroup('General:')
    .addOption(shared.config)
    .addOption(shared.deadline)
    .addOption(option('--concurrency <n>', 'maximum number of parallel requests (default: 16)'))
    .addOption(shared.dryRun)
    .addHelpText('after', AFTER_CHECK)
    .allowUnknownOption()
    .action(async (references, words, command) => {
      const unknown = unknownAmong(references, afterDashes, command)
      const { readCheckRequest } = await import('./check-request.ts')
      const images = references.filter((reference) => !unknown.some(({ word }) => word === reference))
      const request = readCheckRequest(
        images,
        {
          ...words,
          ...switches(words, command),
          ...stepsOf(words.verbose, command),
          ...(await fileDefaults(words.config, command)),
        },
        unknown,
      )
      await act(request)
    })
}
