/** Options that select targets and repositories. */
export const WHAT_TO_SCAN = {
  registry: {
    help: "the registry's name in the report",
    is: 'text',
    value: 'name',
    otherwise: "the root directory's name, or HOST:PORT",
    commands: ['scan', 'reachable', 'gc-preview'],
  },
  repositories: {
    help: 'scan only these repositories; `**` also matches slashes',
    is: 'list',
    value: 'glob',
    emptyInFile: 'expected at least one; leave the key out for all',
    otherwise: 'all',
    commands: ['scan', 'reachable'],
    key: ['scan'],
    differs: { reachable: { help: 'look only into these repositories; `**` also matches slashes' } },
  },
  'repositories-from': {
    help: 'read the globs of `--repositories` from a file, one per line',
    is: 'file',
    value: 'file',
    commands: ['scan', 'reachable'],
    key: ['scan'],
  },
  exclude: {
    help: 'do not scan these repositories',
    is: 'list',
    refusedIfEmpty: ['pin'],
    value: 'glob',
    commands: ['scan', 'pin', 'reachable'],
    key: ['scan'],
    differs: {
      reachable: { help: 'do not look into these repositories' },
      pin: { help: 'leave out these services or workloads, such as databases' },
    },
  },
  'exclude-target': {
    help: 'skip registries in these directories below a target, such as `old` or `backup/**`',
    is: 'list',
    value: 'glob',
    commands: ['scan', 'reachable', 'gc-preview'],
    key: ['scan'],
  },
  shard: {
    help: 'scan one of n slices of the repositories, such as `0/4` to `3/4`; run them in parallel, each with its own `--state`',
    is: 'text',
    value: 'i/n',
    commands: ['scan'],
  },
} as const
