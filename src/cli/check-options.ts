import type { Command } from '@commander-js/extra-typings'
import { CHOICES, ONLY_OF_SCAN } from '../config/choices.ts'
import type { CheckRequest } from './check-request.ts'
import { AFTER_CHECK } from './help-text.ts'
import { fileDefaults, option, outputOption, sharedOptions, switches } from './options.ts'
import { unknownAmong } from './unknown-option.ts'
import { stepsOf } from './verbosity.ts'

/** Adds the command `check`, which makes a request of its words and hands it on. */
export function addCheck(program: Command, afterDashes: number, act: (request: CheckRequest) => Promise<void>): void {
  const shared = sharedOptions()
  program
    .command('check')
    .description('check single images end to end: the gate after a push. Prints name@sha256:… of what is whole')
    .argument('<reference...>', 'host/name:tag or host/name@sha256:…; http://host/name:tag for plain HTTP')
    .optionsGroup('How to look:')
    .addOption(shared.depth)
    .addOption(
      option(
        '--platform <platform>',
        'only what such a machine pulls, such as linux/arm64; prints the digest of that; exit 1 where there is none',
      ),
    )
    .addOption(option('--expect-digest <digest>', 'exit 1 where the image is another one'))
    .addOption(shared.recheckDelay)
    .optionsGroup('Output:')
    .addOption(outputOption(CHOICES.output.filter((format) => !ONLY_OF_SCAN.has(format))))
    .addOption(shared.failOn)
    .addOption(shared.color)
    .addOption(shared.quiet)
    .addOption(shared.verbose)
    .addOption(shared.logLevel)
    .optionsGroup('Asking registries over their API:')
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
    .optionsGroup('The run:')
    .addOption(shared.config)
    .addOption(shared.deadline)
    .addOption(option('--concurrency <n>', 'requests at one time, at the most (default: 16)'))
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
