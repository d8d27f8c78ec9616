/** Options about pins: which are written, and where. */
export const WHAT_TO_PIN = {
  write: {
    help: 'write the pins to this file; without it, or with `-`, they go to stdout',
    is: 'file',
    value: 'file',
    commands: ['pin'],
    examples: {
      pin: [
        '--from compose.yaml --write compose.override.yaml',
        '--check --from compose.yaml --write compose.override.yaml',
      ],
    },
  },
  'in-place': {
    help: 'write the pins into the files of `--from`; only the text of images changes',
    is: 'switch',
    commands: ['pin'],
    examples: { pin: ['--in-place --from deploy/ --recursive'] },
  },
  format: {
    help: 'a `compose` override, `kustomize` images, a `list`, `json`, or `env` with a variable for each service',
    is: 'choice',
    value: 'format',
    words: ['compose', 'kustomize', 'list', 'json', 'env'],
    otherwise: '`compose` or `kustomize`, as the files of `--from` are; else `list`',
    commands: ['pin'],
  },
  only: {
    help: 'pin only these services or workloads',
    is: 'list',
    refusedIfEmpty: ['pin'],
    value: 'glob',
    commands: ['pin'],
  },
  update: {
    help: 'move pins that the files of `--from` have to what their tags are now',
    is: 'switch',
    commands: ['pin'],
  },
  keep: {
    help: 'remember this many earlier pins in `FILE.pins`, beside the file that changes',
    is: 'count',
    value: 'n',
    least: 0,
    most: 1000,
    default: '5',
    commands: ['pin'],
  },
  rollback: {
    help: 'go back to the pins before the current ones; each time one step further',
    is: 'switch',
    commands: ['pin'],
  },
  check: {
    help: 'write nothing: check that the pins hold, and say which tags have moved on',
    is: 'switch',
    commands: ['pin'],
  },
} as const
