import { Command, CommanderError, Option } from '@commander-js/extra-typings'
import { CHOICES } from '../../config/choices.ts'
import { AFTER_SCAN } from '../options/help-text.ts'
import {
  type Asked,
  choice,
  fileDefaults,
  option,
  outputOption,
  repeatable,
  sharedOptions,
  switches,
} from '../options/options.ts'
import { unknownAmong } from '../options/unknown-option.ts'
import { UsageError } from '../options/usage-error.ts'
import { stepsOf } from '../options/verbosity.ts'
import type { ScanRequest } from './scan-request.ts'

/** Adds the command `scan`, which makes a request of its words and hands it on. */
export function addScan(program: Command, afterDashes: number, act: (request: ScanRequest) => Promise<void>): void {
  const shared = sharedOptions()
  program
    .command('scan')
    .description('check whole registries: every tag, manifest, config and layer')
    .argument(
      '<target...>',
      "a registry's storage root, docker/registry/v2 itself, a parent of several registries, or https://HOST[:PORT]",
    )
    .optionsGroup('What to check:')
    .addOption(shared.depth)
    .addOption(option('--against <url>', "also ask this registry's API, and report where it and the storage disagree"))
    .addOption(option('--garbage', 'also report what only takes up space'))
    .addOption(shared.recheckDelay)
    .addOption(option('--follow-symlinks', 'follow symbolic links below the target'))
    .optionsGroup('What to scan:')
    .addOption(
      option(
        '--registry <name>',
        "the registry's name in the report (default: the root's directory name, or HOST:PORT)",
      ),
    )
    .addOption(repeatable('--repositories <glob>', 'scan only these repositories; ** crosses slashes; repeatable'))
    .addOption(option('--repositories-from <file>', 'the same from a file, one glob a line'))
    .addOption(repeatable('--exclude <glob>', 'do not scan these repositories; repeatable'))
    .addOption(
      repeatable(
        '--exclude-target <glob>',
        'skip registries in these directories below a target, such as old or backup/**; repeatable',
      ),
    )
    .addOption(option('--shard <i/n>', 'scan one of n slices of the repositories, 0/n to n-1/n; run them in parallel'))
    .optionsGroup('What counts as damage:')
    .addOption(
      choice(
        '--roots <roots>',
        'tags: what tags reach counts; revisions: every revision counts (Harbor, OpenShift). Default: tags; revisions if a registry has no tag at all',
        CHOICES.roots,
      ),
    )
    .addOption(
      choice('--engine <major>', '2 or 3: report what this major version of distribution cannot serve', CHOICES.engine),
    )
    .addOption(
      repeatable(
        '--pull-through <registry>',
        'a pull-through cache: missing content is no damage; =NAME for one registry, without it all',
      ),
    )
    .addOption(repeatable('--sparse <glob>', 'indexes in these repositories may lack children; repeatable'))
    .optionsGroup('Output:')
    .addOption(outputOption(CHOICES.output))
    .addOption(option('--all-tags', 'list intact tags too'))
    .addOption(option('--registry-url <url>', 'where clients reach the scanned registry; repair commands use it'))
    .addOption(
      option('--state <file>', 'remember findings between runs, to report what is new, since when, and what is fixed'),
    )
    .addOption(shared.failOn)
    .addOption(shared.color)
    .addOption(shared.quiet)
    .addOption(shared.verbose)
    .addOption(shared.logLevel)
    .optionsGroup('Metrics:')
    .addOption(option('--push <url>', 'push metrics to this Pushgateway'))
    .addOption(
      option('--textfile <directory>', 'write metrics to this directory for the textfile collector of node_exporter'),
    )
    .addOption(
      option('--interval <duration>', 'how often this runs; staleness alerts are measured in multiples of it').default(
        '15m',
      ),
    )
    .addOption(
      option('--repository-metrics <n>', 'how many repositories get their own series, worst first; 0: none').default(
        '20',
      ),
    )
    .addOption(option('--legacy-metrics', 'also write the metrics of the shell probe under their old names'))
    .addOption(option('--report-url <url>', 'where people read this report; alerts and the dashboard link to it'))
    .addOption(option('--runbook-url <url>', 'where people read docs/runbooks; alerts link to NAME.md below it'))
    .addOption(option('--profile <name>', 'a name for this scan configuration, if you run more than one per registry'))
    .optionsGroup('Registry API:')
    .addOption(shared.requestTimeout)
    .addOption(shared.maxRequestsPerSecond)
    .addOption(shared.manifestCache)
    .addOption(option('--allow-fetch', 'scan a pull-through cache although requests make it fetch'))
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
    .addOption(
      option(
        '--concurrency <n>',
        'maximum number of threads (disk, default: 12) or parallel requests (API, default: 16)',
      ),
    )
    .addOption(shared.dryRun)
    .addOption(new Option('--tell-parent').hideHelp())
    .addHelpText('after', AFTER_SCAN)
    .allowUnknownOption()
    .action(async (targets, words, command) => {
      const unknown = unknownAmong(targets, afterDashes, command)
      const { readScanRequest } = await import('./scan-request.ts')
      const paths = targets.filter((target) => !unknown.some(({ word }) => word === target))
      const request = readScanRequest(
        paths,
        {
          ...words,
          namesNothing: saysNothing(words.repositories, command),
          ...switches(words, command),
          ...stepsOf(words.verbose, command),
          ...(await fileDefaults(words.config, command)),
        },
        unknown,
      )
      await act(request)
    })
}

/** A flag that is there and empty, such as that of an unset variable, does not mean all repositories. */
function saysNothing(repositories: readonly string[], command: Asked): boolean {
  return repositories.length === 0 && command.getOptionValueSource('repositories') === 'cli'
}

/**
 * What `scan` would do with these arguments, and with as much of the environment as says how to look.
 *
 * @param args with `--` before the targets
 * @throws {UsageError} with a line for each problem
 */
export async function scanRequestOf(args: readonly string[]): Promise<ScanRequest> {
  const { LOOKING } = await import('../../config/schema.ts')
  const requests: ScanRequest[] = []
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  addScan(program, args.length - args.indexOf('--') - 1, async (request) => {
    requests.push(request)
  })
  for (const option of program.commands.flatMap(({ options }) => options))
    if (!LOOKING.has(option.name())) option.envVar = ''
  try {
    await program.parseAsync(['scan', ...args], { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? new UsageError([error.message.replace(/^error: /, '')]) : error
  }
  const [request] = requests
  if (request === undefined) throw new UsageError(['these are no arguments of a scan'])
  return request
}
