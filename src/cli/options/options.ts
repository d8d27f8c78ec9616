import { Option } from '@commander-js/extra-typings'
import { CHOICES } from '../../config/choices.ts'

/** An option that always has a value. */
type Defaulted<F extends string> = Option<F, undefined, string>
/** An option that may be given more than once. */
type Repeatable<F extends string> = Option<F, undefined, string[], string[]>
/** An option that counts how often it is given. */
type Counted<F extends string> = Option<F, number, undefined, number>

/** As much of commander's as tells where a value comes from. */
export interface Asked {
  readonly options: readonly { attributeName(): string; readonly long?: string | undefined }[]
  getOptionValueSource(name: string): unknown
}

/** It may stand alone, and must not take the next word for its value. */
export const STANDS_ALONE = '--pull-through'

/** Every switch as it stands: one that the environment sets may be set to what means no. */
export function switches(words: object, command: Asked): Record<string, boolean> {
  const given = Object.entries(words).filter(([, value]) => value === true)
  const isOff = (name: string): boolean =>
    command.getOptionValueSource(name) === 'env' && OFF.has(process.env[environmentNameOf(name)] ?? '')
  return Object.fromEntries(given.map(([name]) => [name, !isOff(name)]))
}

/** What a configuration file says where neither a flag nor the environment does. Its reader is loaded only for that. */
export async function fileDefaults(
  file: string | undefined,
  command: Asked,
): Promise<Readonly<Record<string, unknown>>> {
  if (file === undefined) return {}
  const { defaultsFrom } = await import('../config/file-defaults.ts')
  return defaultsFrom(file, command)
}

/** Options that mean the same in every command. */
export interface SharedOptions {
  readonly depth: Defaulted<'--depth <depth>'>
  readonly config: Option<'--config <file>'>
  readonly recheckDelay: Defaulted<'--recheck-delay <duration>'>
  readonly deadline: Option<'--deadline <duration>'>
  readonly requestTimeout: Defaulted<'--request-timeout <duration>'>
  readonly tokenFile: Option<'--token-file <file>'>
  readonly tokenHost: Repeatable<'--token-host <host>'>
  readonly credentialHelpers: Option<'--credential-helpers'>
  readonly caFile: Option<'--ca-file <file>'>
  readonly clientCert: Option<'--client-cert <file>'>
  readonly clientKey: Option<'--client-key <file>'>
  readonly insecureSkipVerify: Repeatable<'--insecure-skip-verify <host>'>
  readonly maxRequestsPerSecond: Option<'--max-requests-per-second <n>'>
  readonly manifestCache: Option<'--manifest-cache <directory>'>
  readonly failOn: Defaulted<'--fail-on <severity>'>
  readonly color: Defaulted<'--color <when>'>
  readonly logLevel: Defaulted<'--log-level <level>'>
  readonly quiet: Option<'-q, --quiet'>
  readonly verbose: Counted<'-v, --verbose'>
  readonly dryRun: Option<'--dry-run'>
}

export function sharedOptions(): SharedOptions {
  return {
    depth: choice('--depth <depth>', 'how deep to check: graph, blobs or content; see below', CHOICES.depth).default(
      'blobs',
    ),
    config: option('--config <file>', 'read settings from this file; flags and the environment take precedence'),
    recheckDelay: option('--recheck-delay <duration>', 'wait this long before checking again what looks wrong').default(
      '3s',
    ),
    deadline: option('--deadline <duration>', 'stop after this long and report what was found'),
    requestTimeout: option(
      '--request-timeout <duration>',
      'time limit for one answer; downloading a blob may take longer',
    ).default('30s'),
    tokenFile: option('--token-file <file>', 'a file with a bearer token; read again for each request'),
    tokenHost: repeatable('--token-host <host>', 'another host whose token server may get credentials; repeatable'),
    credentialHelpers: option('--credential-helpers', 'run the credential helpers that the docker config names'),
    caFile: option('--ca-file <file>', 'trust the certificate authorities in this PEM file'),
    clientCert: option('--client-cert <file>', 'client certificate, a PEM file'),
    insecureSkipVerify: repeatable(
      '--insecure-skip-verify <host>',
      'do not verify the certificate of this host; repeatable',
    ),
    maxRequestsPerSecond: option('--max-requests-per-second <n>', 'send at most this many requests a second'),
    manifestCache: option(
      '--manifest-cache <directory>',
      'keep manifests in this directory between runs and only check by HEAD that they are still served; depth content fetches them again',
    ),
    clientKey: option('--client-key <file>', 'key of the client certificate, a PEM file'),
    failOn: choice('--fail-on <severity>', 'exit with 1 at error, at warning, or never', CHOICES['fail-on']).default(
      'error',
    ),
    color: choice('--color <when>', 'auto, always or never', CHOICES.color).default('auto'),
    logLevel: choice(
      '--log-level <level>',
      'log to stderr: silent, error, warn, info, debug or trace',
      CHOICES['log-level'],
    ).default('warn'),
    quiet: option('-q, --quiet', 'no progress, and no table if nothing is wrong'),
    verbose: counted('-v, --verbose', 'log more to stderr: -v is info, -vv debug, -vvv trace'),
    dryRun: dryRun(),
  }
}

/** @param formats of which the last is set apart in the sentence */
export function outputOption(formats: readonly string[]): Repeatable<'-o, --output <format[=file]>'> {
  const words = `${formats.slice(0, -1).join(', ')} or ${formats.at(-1) ?? ''}`
  const made = repeatable('-o, --output <format[=file]>', `${words}; to stdout, or to a file; repeatable`)
  made.argChoices = [...formats]
  return made
}

/** It changes nothing, for people who are used to ask for it before they let a tool near their storage. */
export function dryRun(): Option<'--dry-run'> {
  return option('--dry-run', 'accepted, and changes nothing: regfsck never writes to a registry')
}

export function option<const F extends string>(flags: F, description: string): Option<F> {
  return new Option(flags, description).env(environmentName(flags))
}

/** Its words are completed by shells. They are checked with all others, so that every problem is told at once. */
export function choice<const F extends string>(flags: F, description: string, choices: readonly string[]): Option<F> {
  const made = option(flags, description)
  made.argChoices = [...choices]
  return made
}

/** Counts how often it is given. In the environment it counts once; see `verbosity.ts`. */
export function counted<const F extends string>(flags: F, description: string): Counted<F> {
  return new Option(flags, description)
    .env(environmentName(flags))
    .preset(1)
    .argParser((_: string, before: number | undefined) => (before ?? 0) + 1)
}

/** May be given more than once; in the environment its values are set apart by spaces. */
export function repeatable<const F extends string>(flags: F, description: string): Repeatable<F> {
  return new Option(flags, description)
    .env(environmentName(flags))
    .default<string[]>([])
    .argParser((value: string, before: string[]) => [...before, ...value.split(/\s+/).filter((word) => word !== '')])
}

function environmentName(flags: string): string {
  return environmentNameOf(flags.replace(/^(?:-\w, )?--([a-z-]+).*$/, '$1'))
}

/** @param name of an option: `all-tags`, or as commander spells it, `allTags` */
export function environmentNameOf(name: string): string {
  return `REGFSCK_${name.replace(/[A-Z]/g, '_$&').replaceAll('-', '_').toUpperCase()}`
}

/** What turns a switch off in the environment. */
export const OFF: ReadonlySet<string> = new Set(['', '0', 'false', 'no', 'off'])
