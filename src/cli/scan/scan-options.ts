import { Command, CommanderError } from '@commander-js/extra-typings'
import { SCAN_SETTINGS } from '../../config/options/table.ts'
import { addOptions } from '../options/command-options.ts'
import { wordsGiven } from '../options/given-words.ts'
import { AFTER_SCAN } from '../options/help-text.ts'
import { unknownAmong } from '../options/unknown-option.ts'
import { UsageError } from '../options/usage-error.ts'
import type { ScanRequest } from './scan-request.ts'

/** Adds the command `scan`. It turns its options into a request and passes that on. */
export function addScan(program: Command, afterDashes: number, act: (request: ScanRequest) => Promise<void>): void {
  const scan = program
    .command('scan')
    .description('check whole registries: every tag, manifest, config and layer')
    .argument(
      '<target...>',
      "a registry's storage root, docker/registry/v2 itself, a parent of several registries, or https://HOST[:PORT]",
    )
  addOptions(scan, 'scan')
  scan
    .addHelpText('after', AFTER_SCAN)
    .allowUnknownOption()
    .action(async (targets, _, command) => {
      const unknown = unknownAmong(targets, afterDashes, command)
      const { readScanRequest } = await import('./scan-request.ts')
      const paths = targets.filter((target) => !unknown.some(({ word }) => word === target))
      await act(readScanRequest(paths, await wordsGiven('scan', command), unknown))
    })
}

/**
 * The request that `scan` makes of these arguments and of the scan settings in the environment.
 *
 * @param args with `--` before the targets
 * @throws {UsageError} with a line for each problem
 */
export async function scanRequestOf(args: readonly string[]): Promise<ScanRequest> {
  const requests: ScanRequest[] = []
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  addScan(program, args.length - args.indexOf('--') - 1, async (request) => {
    requests.push(request)
  })
  for (const option of program.commands.flatMap(({ options }) => options))
    if (!SCAN_SETTINGS.has(option.name())) option.envVar = ''
  try {
    await program.parseAsync(['scan', ...args], { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? new UsageError([error.message.replace(/^error: /, '')]) : error
  }
  const [request] = requests
  if (request === undefined) throw new UsageError(['not the arguments of a scan'])
  return request
}
