import { Option } from '@commander-js/extra-typings'

/** An option that always has a value. */
type Defaulted<F extends string> = Option<F, undefined, string>
/** An option that may be given more than once. */
type Repeatable<F extends string> = Option<F, undefined, string[], string[]>

/** As much of commander's as tells where a value comes from. */
export interface Asked {
  readonly options: readonly { attributeName(): string; readonly long?: string | undefined }[]
  getOptionValueSource(name: string): unknown
}

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
  const { defaultsFrom } = await import('./file-defaults.ts')
  return defaultsFrom(file, command)
}

/** Words that look like options and are none. */
export function unknownAmong(words: readonly string[], afterDashes: number): string[] {
  return words.slice(0, words.length - afterDashes).filter((word) => word.startsWith('-') && word !== '-')
}

/** A sentence about such a word. What follows its equals sign may be a password. */
export function unknownOption(word: string, command: string): string {
  return `unknown option ${JSON.stringify(word.replace(/=.*/s, ''))}; see regfsck ${command} --help`
}

const DEPTHS = `how deep to look:
  graph    every tag resolves, every manifest is served and hashes to its digest; does not see blobs
  blobs    also every config and layer is there with its size; does not see altered bytes of equal size
  content  also every byte hashes to its digest`

/** What stands at the end of the help of whatever looks at registries. */
export const AFTER_LOOKING: string = `
Every option can also be set in the environment: --fail-on is REGFSCK_FAIL_ON.

Exit codes, the first that holds:
  70        internal error: a bug in regfsck, which says nothing about the registry
  2         bad usage or configuration; nothing was scanned
  130, 143  stopped by SIGINT, SIGTERM; what was found so far is reported as incomplete
  5         the result could not be delivered
  1         findings at or above --fail-on
  4         no target could be read at all
  3         incomplete: a target or an object stayed unchecked
  0         complete, nothing to say`

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
}

export function sharedOptions(): SharedOptions {
  return {
    depth: option('--depth <depth>', DEPTHS).default('blobs'),
    config: option('--config <file>', 'settings that hold where neither a flag nor the environment says otherwise'),
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
      'keep manifests there between runs: the next one asks by HEAD for those it knows; at depth content it fetches them',
    ),
    clientKey: option('--client-key <file>', 'PEM of its key'),
    failOn: option('--fail-on <severity>', 'exit 1 at error, warning or never').default('error'),
    color: option('--color <when>', 'auto, always or never').default('auto'),
    logLevel: option('--log-level <level>', 'silent, error, warn, info, debug or trace, to stderr').default('warn'),
  }
}

export function outputOption(formats: string): Repeatable<'--output <format[=file]>'> {
  return repeatable('--output <format[=file]>', `${formats}; to stdout or a file; repeatable`)
}

export function option<const F extends string>(flags: F, description: string): Option<F> {
  return new Option(flags, description).env(environmentName(flags))
}

/** May be given more than once; in the environment its values are set apart by spaces. */
export function repeatable<const F extends string>(flags: F, description: string): Repeatable<F> {
  return new Option(flags, description)
    .env(environmentName(flags))
    .default<string[]>([])
    .argParser((value: string, before: string[]) => [...before, ...value.split(/\s+/).filter((word) => word !== '')])
}

function environmentName(flags: string): string {
  return environmentNameOf(flags.replace(/^--([a-z-]+).*$/, '$1'))
}

/** @param name of an option: `all-tags`, or as commander spells it, `allTags` */
export function environmentNameOf(name: string): string {
  return `REGFSCK_${name.replace(/[A-Z]/g, '_$&').replaceAll('-', '_').toUpperCase()}`
}

/** What turns a switch off in the environment. */
const OFF: ReadonlySet<string> = new Set(['', '0', 'false', 'no', 'off'])
