import { Command, CommanderError, Option } from '@commander-js/extra-typings'
import { harmless } from '../report/escape.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

/**
 * Run a command line. Commands are loaded when they are asked for.
 *
 * @param args without the program's name
 * @returns the exit code; nothing here ends the process
 */
export async function run(args: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let code: ExitCode = 0
  const dashes = args.indexOf('--')
  const afterDashes = dashes < 0 ? 0 : args.length - dashes - 1
  const done: Done = (result) => {
    code = result
  }
  const program = programWith({ io, version, afterDashes, done })
  try {
    await program.parseAsync(args.map(explicitValue), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof UsageError)) throw error
    for (const problem of error.problems) io.stderr.write(`regfsck: ${harmless(problem)}\n`)
    return 2
  }
}

type Done = (code: ExitCode) => void

interface How {
  readonly io: Io
  readonly version: string
  /** How many words stand after `--`: they are targets, whatever they look like. */
  readonly afterDashes: number
  readonly done: Done
}

function programWith(how: How): Command {
  const { io, version, done } = how
  const program = new Command('regfsck')
    .description(
      'fsck for container registries: finds what a pull would trip over, before the pull does.\nIt never writes to and never deletes from a registry.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: io.stdout.write,
      writeErr: io.stderr.write,
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'regfsck: '))
      },
    })
  addScan(program, how)
  addCheck(program, how)
  addExplain(program, io, done)
  return program
}

function addScan(program: Command, how: How): void {
  const { io, version, afterDashes, done } = how
  const shared = sharedOptions()
  program
    .command('scan')
    .description('check whole registries: every tag, manifest, config and layer')
    .argument(
      '<target...>',
      "a registry's storage root, docker/registry/v2 itself, a parent of several registries, or https://HOST[:PORT]",
    )
    .addOption(shared.depth)
    .addOption(outputOption('table (default), json, ndjson, junit, markdown or prometheus'))
    .addOption(
      option(
        '--registry <name>',
        "the registry's name in the report (default: the root's directory name, or HOST:PORT)",
      ),
    )
    .addOption(repeatable('--repositories <glob>', 'only these repositories; ** crosses slashes; repeatable'))
    .addOption(option('--repositories-from <file>', 'the same, a glob a line'))
    .addOption(repeatable('--exclude <glob>', 'not these repositories; repeatable'))
    .addOption(option('--against <url>', "ask that registry's API too, and tell where it and its storage disagree"))
    .addOption(
      option('--roots <roots>', 'tags: what tags reach counts; revisions: every revision counts (Harbor)').default(
        'tags',
      ),
    )
    .addOption(option('--engine <major>', 'the major version of distribution that must serve it all: 2 or 3'))
    .addOption(
      repeatable(
        '--pull-through <registry>',
        'missing children and blobs are lawful: =NAME for one registry, alone for all',
      ),
    )
    .addOption(repeatable('--sparse <glob>', 'repositories whose indexes may lack children; repeatable'))
    .addOption(option('--garbage', 'also list what only takes up space'))
    .addOption(option('--all-tags', 'list intact tags too'))
    .addOption(
      option('--state <file>', 'remember findings between runs: tells what is new, since when, and what is fixed'),
    )
    .addOption(option('--push <url>', 'bring the metrics of the run to this Pushgateway'))
    .addOption(option('--textfile <directory>', 'write them there for the textfile collector of node_exporter'))
    .addOption(
      option('--interval <duration>', 'how often this runs: the alert about stale knowledge counts in it').default(
        '15m',
      ),
    )
    .addOption(
      option('--repository-metrics <n>', 'repositories with a series of their own, the worst; 0: none').default('20'),
    )
    .addOption(option('--legacy-metrics', 'add the metrics of the shell probe under their old names'))
    .addOption(option('--profile <name>', 'this way of looking, where one registry is looked at in several'))
    .addOption(option('--follow-symlinks', 'follow symbolic links below the target'))
    .addOption(shared.recheckDelay)
    .addOption(shared.deadline)
    .addOption(option('--concurrency <n>', 'threads (default: 12) or requests (default: 16) at one time, at the most'))
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
    .addOption(option('--allow-fetch', 'ask a pull-through cache although that makes it fetch'))
    .addOption(shared.failOn)
    .addOption(shared.color)
    .addOption(shared.logLevel)
    .addHelpText('after', AFTER_SCAN)
    .allowUnknownOption()
    .action(async (targets, words, command) => {
      const unknown = unknownAmong(targets, afterDashes)
      const { readScanRequest } = await import('./scan-request.ts')
      const paths = targets.filter((target) => !unknown.includes(target))
      const request = readScanRequest(paths, { ...words, ...switches(words, command) }, unknown)
      const { scanCommand } = await import('./scan-command.ts')
      done(await scanCommand(request, io, version))
    })
}

function addCheck(program: Command, how: How): void {
  const { io, version, afterDashes, done } = how
  const shared = sharedOptions()
  program
    .command('check')
    .description('check single images end to end: the gate after a push. Prints name@sha256:… of what is whole')
    .argument('<reference...>', 'host/name:tag or host/name@sha256:…; http://host/name:tag for plain HTTP')
    .addOption(shared.depth)
    .addOption(shared.output)
    .addOption(option('--expect-digest <digest>', 'exit 1 where the image is another one'))
    .addOption(
      option(
        '--platform <platform>',
        'only what such a machine pulls, such as linux/arm64; prints the digest of that; exit 1 where there is none',
      ),
    )
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
    .addHelpText('after', AFTER_SCAN)
    .allowUnknownOption()
    .action(async (references, words, command) => {
      const unknown = unknownAmong(references, afterDashes)
      const { readCheckRequest } = await import('./check-request.ts')
      const images = references.filter((reference) => !unknown.includes(reference))
      const request = readCheckRequest(images, { ...words, ...switches(words, command) }, unknown)
      const { checkCommand } = await import('./check-command.ts')
      done(await checkCommand(request, io, version))
    })
}

/** Every switch as it stands: one that the environment sets may be set to what means no. */
function switches(words: object, command: { getOptionValueSource(name: string): unknown }): Record<string, boolean> {
  const given = Object.entries(words).filter(([, value]) => value === true)
  const isOff = (name: string): boolean =>
    command.getOptionValueSource(name) === 'env' && OFF.has(process.env[environmentNameOf(name)] ?? '')
  return Object.fromEntries(given.map(([name]) => [name, !isOff(name)]))
}

/** Words that look like options and are none. */
function unknownAmong(words: readonly string[], afterDashes: number): string[] {
  return words.slice(0, words.length - afterDashes).filter((word) => word.startsWith('-') && word !== '-')
}

function addExplain(program: Command, io: Io, done: Done): void {
  program
    .command('explain')
    .description('what a finding, verdict or "unchecked" code means, how to confirm it by hand, what heals it')
    .argument('[code]', 'such as layer-missing, degraded or STORE_DENIED; left out: all of them')
    .action(async (code) => {
      const { explainCommand } = await import('./explain-command.ts')
      done(explainCommand(code, io))
    })
}

const DEPTHS = `how deep to look:
  graph    every tag resolves, every manifest is served and hashes to its digest; does not see blobs
  blobs    also every config and layer is there with its size; does not see altered bytes of equal size
  content  also every byte hashes to its digest`

const AFTER_SCAN = `
Every option can also be set in the environment: --fail-on is REGFSCK_FAIL_ON.

Exit codes, the first that holds:
  2         bad usage or configuration; nothing was scanned
  130, 143  stopped by SIGINT, SIGTERM; what was found so far is reported as incomplete
  5         the result could not be delivered
  1         findings at or above --fail-on
  4         no target could be read at all
  3         incomplete: a target or an object stayed unchecked
  0         complete, nothing to say`

/** Options that mean the same in every command. */
function sharedOptions() {
  return {
    depth: option('--depth <depth>', DEPTHS).default('blobs'),
    recheckDelay: option('--recheck-delay <duration>', 'wait before looking again at what seems wrong').default('3s'),
    deadline: option('--deadline <duration>', 'stop after this long and report what was found'),
    requestTimeout: option(
      '--request-timeout <duration>',
      'time for one whole answer; the bytes of a blob may take longer',
    ).default('30s'),
    tokenFile: option('--token-file <file>', 'a bearer token, read anew for each request'),
    tokenHost: repeatable(
      '--token-host <host>',
      'a host beside the registry whose token server may be asked; repeatable',
    ),
    credentialHelpers: option('--credential-helpers', 'run the credential helpers that the docker config names'),
    caFile: option('--ca-file <file>', 'PEM of an authority to trust'),
    clientCert: option('--client-cert <file>', 'PEM of a certificate to show'),
    insecureSkipVerify: repeatable(
      '--insecure-skip-verify <host>',
      'do not look at the certificate of this host; repeatable',
    ),
    maxRequestsPerSecond: option('--max-requests-per-second <n>', 'ask no more often than that'),
    manifestCache: option(
      '--manifest-cache <directory>',
      'keep manifests there between runs: the next one asks by HEAD for those it knows',
    ),
    clientKey: option('--client-key <file>', 'PEM of its key'),
    failOn: option('--fail-on <severity>', 'exit 1 at error, warning or never').default('error'),
    color: option('--color <when>', 'auto, always or never').default('auto'),
    logLevel: option('--log-level <level>', 'silent, error, warn, info, debug or trace, to stderr').default('warn'),
    output: outputOption('table (default), json, ndjson, junit or markdown'),
  }
}

function outputOption(formats: string) {
  return repeatable('--output <format[=file]>', `${formats}; to stdout or a file; repeatable`)
}

function option<const F extends string>(flags: F, description: string) {
  return new Option(flags, description).env(environmentName(flags))
}

/** May be given more than once; in the environment its values are set apart by spaces. */
function repeatable<const F extends string>(flags: F, description: string) {
  return new Option(flags, description)
    .env(environmentName(flags))
    .default<string[]>([])
    .argParser((value: string, before: string[]) => [...before, ...value.split(/\s+/).filter((word) => word !== '')])
}

function environmentName(flags: string): string {
  return `REGFSCK_${flags
    .replace(/^--([a-z-]+).*$/, '$1')
    .replaceAll('-', '_')
    .toUpperCase()}`
}

/** @param name as commander spells it: `allTags` */
function environmentNameOf(name: string): string {
  return `REGFSCK_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

/** What turns a switch off in the environment. */
const OFF: ReadonlySet<string> = new Set(['', '0', 'false', 'no', 'off'])

/** `--pull-through` may stand alone, and must not take the next word for its value. */
function explicitValue(arg: string): string {
  return arg === '--pull-through' ? '--pull-through=*' : arg
}
