/** General options. */
export const GENERAL = {
  config: {
    help: 'read settings from this [file](serve.md#the-file); flags and the environment take precedence',
    is: 'file',
    value: 'file',
    commands: ['scan', 'check', 'pin', 'reachable', 'serve'],
    examples: { serve: ['--config /etc/regfsck/regfsck.yaml'] },
    differs: { serve: { help: 'the configuration file: which registries, how and how often', required: true } },
  },
  deadline: {
    help: 'stop after this long and report what was found',
    is: 'duration',
    value: 'duration',
    least: 1,
    commands: ['scan', 'check', 'pin', 'reachable'],
    key: ['scan'],
  },
  concurrency: {
    help: 'maximum number of threads (disk) or parallel requests (API)',
    is: 'count',
    value: 'n',
    least: 1,
    most: 256,
    otherwise: '`12` threads, `16` requests',
    commands: ['scan', 'check', 'pin', 'reachable'],
    key: ['scan'],
    differs: {
      check: { help: 'maximum number of parallel requests', otherwise: '`16`' },
      pin: { help: 'maximum number of parallel requests', otherwise: '`16`' },
    },
  },
  'dry-run': {
    help: 'accepted, but has no effect: regfsck never writes to a registry',
    is: 'switch',
    commands: ['scan', 'check', 'pin', 'reachable', 'serve', 'config check', 'config schema', 'explain', 'completion'],
    differs: { pin: { help: 'write no file: print the pins, and which files would change' } },
  },
  'report-to-parent': {
    help: 'send events to the process that started this one',
    is: 'switch',
    commands: ['scan', 'check'],
    hidden: true,
  },
} as const
