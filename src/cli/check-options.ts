import type { Command } from '@commander-js/extra-typings'
import type { CheckRequest } from './check-request.ts'
import { AFTER_LOOKING, fileDefaults, option, outputOption, sharedOptions, switches, unknownAmong } from './options.ts'

/** Adds the command `check`, which makes a request of its words and hands it on. */
export function addCheck(program: Command, afterDashes: number, act: (request: CheckRequest) => Promise<void>): void {
  const shared = sharedOptions()
  program
    .command('check')
    .description('check single images end to end: the gate after a push. Prints name@sha256:… of what is whole')
    .argument('<reference...>', 'host/name:tag or host/name@sha256:…; http://host/name:tag for plain HTTP')
    .addOption(shared.depth)
    .addOption(outputOption('table (default), json, ndjson, junit, markdown or html'))
    .addOption(option('--expect-digest <digest>', 'exit 1 where the image is another one'))
    .addOption(
      option(
        '--platform <platform>',
        'only what such a machine pulls, such as linux/arm64; prints the digest of that; exit 1 where there is none',
      ),
    )
    .addOption(shared.config)
    .addOption(shared.recheckDelay)
    .addOption(shared.deadline)
    .addOption(option('--concurrency <n>', 'requests at one time, at the most (default: 16)'))
    .addOption(shared.requestTimeout)
    .addOption(shared.tokenFile)
    .addOption(shared.tokenHost)
    .addOption(shared.credentialHelpers)
    .addOption(shared.caFile)
    .addOption(shared.clientCert)
    .addOption(shared.clientKey)
    .addOption(shared.insecureSkipVerify)
    .addOption(shared.maxRequestsPerSecond)
    .addOption(shared.manifestCache)
    .addOption(shared.failOn)
    .addOption(shared.color)
    .addOption(shared.logLevel)
    .addHelpText('after', AFTER_LOOKING)
    .allowUnknownOption()
    .action(async (references, words, command) => {
      const unknown = unknownAmong(references, afterDashes)
      const { readCheckRequest } = await import('./check-request.ts')
      const images = references.filter((reference) => !unknown.includes(reference))
      const request = readCheckRequest(
        images,
        { ...words, ...switches(words, command), ...(await fileDefaults(words.config, command)) },
        unknown,
      )
      await act(request)
    })
}
