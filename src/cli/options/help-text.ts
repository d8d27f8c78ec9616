import type { HelpConfiguration } from '@commander-js/extra-typings'
import { optionExamples } from './command-options.ts'

/** The format of help: 80 columns wide, without the environment variable of each option, which a line at the end explains. */
export const HELP: HelpConfiguration = {
  optionDescription: ({ description, defaultValue }) =>
    typeof defaultValue === 'string' ? `${description} (default: ${JSON.stringify(defaultValue)})` : description,
  // Every command has options, so `[options]` adds nothing.
  subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
}

function termOf(argument: { name(): string; readonly required: boolean; readonly variadic: boolean }): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

/** The end of `regfsck --help`. */
export const AFTER_ALL: string = `
Examples:
  $ regfsck scan /var/lib/registry
  $ regfsck check registry.example.com/app:v1
  $ regfsck explain layer-missing

regfsck COMMAND --help shows the options of a command.`

const DEPTHS = `
Depths:
  graph    every tag resolves, every manifest is served and hashes to its
           digest; does not see blobs
  blobs    also every config and layer is there with its size; does not see
           altered bytes of equal size
  content  also every byte hashes to its digest; reads everything`

const EXITS = `
Every option can also be set in the environment: --fail-on is REGFSCK_FAIL_ON.

Exit codes, the first that applies:
  70        internal error: a bug in regfsck; says nothing about the registry
  2         wrong usage or configuration; nothing was scanned
  130, 143  stopped by SIGINT, SIGTERM; what was found is reported as incomplete
  5         the report or the metrics could not be delivered
  1         findings at or above --fail-on
  4         no target could be read
  3         incomplete: something could not be checked
  0         complete, nothing found`

/** What `scan --help` ends with. */
export const AFTER_SCAN: string = `
Examples:
  $ regfsck scan /var/lib/registry
  $ regfsck scan https://registry.example.com
${optionExamples('scan')}${DEPTHS}
${EXITS}`

/** What `check --help` ends with. */
export const AFTER_CHECK: string = `
Examples:
  $ regfsck check registry.example.com/app:v1
${optionExamples('check')}${DEPTHS}
${EXITS}`

/** What `pin --help` ends with. */
export const AFTER_PIN: string = `
Examples:
${optionExamples('pin')}
Nothing is written unless every image is intact. A service with a build that was
never pushed is left out, and said.

Every option can also be set in the environment: --keep is REGFSCK_KEEP.

Exit codes, the first that applies:
  70        internal error: a bug in regfsck
  2         wrong usage, or a pin that cannot be written there; nothing was
            written
  130, 143  stopped by SIGINT, SIGTERM; nothing was written
  5         the pins could not be written to their file
  1         an image is not intact; with --check also: an image has no pin.
            Nothing was written
  4         no target could be read; nothing was written
  3         something could not be checked; nothing was written
  0         pinned, or up to date; with --check: every pin holds`

/** What `reachable --help` ends with. */
export const AFTER_REACHABLE: string = `
Examples:
  $ regfsck reachable /var/lib/registry
${optionExamples('reachable')}
A referrer of something reachable is reachable; the subject of a referrer is
not, for that alone. Nothing is called free while something could not be read.

Every option can also be set in the environment: --protect-list is
REGFSCK_PROTECT_LIST.

Exit codes, the first that applies:
  70        internal error: a bug in regfsck
  2         wrong usage, or a line that is no digest; nothing was looked up
  130, 143  stopped by SIGINT, SIGTERM; the answers are incomplete
  5         the result could not be written to its file
  1         with --digests-from: a digest is kept
  4         no target could be read
  3         something could not be read, so more may be reachable
  0         everything was read; with --digests-from: all digests are free`

/** What `gc-preview --help` ends with. */
export const AFTER_GC_PREVIEW: string = `
Examples:
  $ regfsck gc-preview /var/lib/registry
${optionExamples('gc-preview')}
It reads the storage and computes what registry garbage-collect would do. It is a
picture of one moment: stop writes before you collect.

Every option can also be set in the environment: --engine is REGFSCK_ENGINE.

Exit codes, the first that applies:
  70        internal error: a bug in regfsck
  2         wrong usage or configuration; nothing was read
  130, 143  stopped by SIGINT, SIGTERM
  5         the report or the metrics could not be delivered
  1         a collection would stop, or break something
  4         no target could be read
  3         something could not be read, so nothing is known to be safe
  0         nothing would stop, nothing would break`

/** What `serve --help` ends with. */
export const AFTER_SERVE: string = `
Examples:
${optionExamples('serve')}
Serves /, /metrics, /healthz, /readyz and /api/v1/registries. No request starts
a scan. SIGHUP or a change of the file reloads the configuration; one with an
error is rejected, and the previous one stays in use. SIGTERM stops the server
within 5 seconds, with exit code 0.

Every option can also be set in the environment: --listen is REGFSCK_LISTEN.`

/** What `config --help` ends with. */
export const AFTER_CONFIG: string = `
Examples:
  $ regfsck config check regfsck.yaml
  $ regfsck config schema > regfsck.schema.json`

/** What `explain --help` ends with. */
export const AFTER_EXPLAIN: string = `
Examples:
  $ regfsck explain
  $ regfsck explain layer-missing
  $ regfsck explain RegistryManifestIntegrityFailure`

/** What `completion --help` ends with. */
export const AFTER_COMPLETION: string = `
Examples, for the startup file of each shell:
  $ source <(regfsck completion bash)      # ~/.bashrc
  $ source <(regfsck completion zsh)       # ~/.zshrc, after compinit
  $ regfsck completion fish | source       # ~/.config/fish/config.fish

For every user: /usr/share/bash-completion/completions/regfsck,
/usr/share/zsh/vendor-completions/_regfsck, and
/usr/share/fish/vendor_completions.d/regfsck.fish.`
