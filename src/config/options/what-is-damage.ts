/** Options that decide what counts as damage. */
export const WHAT_IS_DAMAGE = {
  roots: {
    help: '`tags`: what tags reach counts; `revisions`: every revision counts, as in the storage of Harbor and OpenShift',
    is: 'choice',
    value: 'roots',
    words: ['tags', 'revisions'],
    otherwise: '`tags`; `revisions` if a registry has no tag at all',
    commands: ['scan'],
    key: ['scan'],
  },
  engine: {
    help: '`2.8`, `3` or `all`: report what this version of distribution cannot serve; `all`: what one of them cannot',
    is: 'choice',
    value: 'version',
    words: ['2.8', '3', 'all'],
    commands: ['scan', 'gc-preview'],
    key: ['scan'],
    differs: {
      'gc-preview': {
        help: 'the version of distribution whose collection is previewed: `2.8`, `3` or `all`',
        otherwise: '`all`',
      },
    },
  },
  'pull-through': {
    help: 'a pull-through cache: missing content is no damage; `=NAME` for one registry, without it all',
    is: 'names-or-all',
    value: 'registry',
    otherwise: 'detected',
    commands: ['scan'],
    key: ['scan'],
  },
  sparse: {
    help: 'indexes in these repositories may lack children',
    is: 'list',
    value: 'glob',
    commands: ['scan'],
    key: ['scan'],
  },
} as const
