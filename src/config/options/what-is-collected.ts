/** Options that say how the registry's garbage is collected. */
export const WHAT_IS_COLLECTED = {
  'delete-untagged': {
    help: 'whether the collection runs with `--delete-untagged` (`-m`): `yes`, `no` or `both`',
    is: 'choice',
    value: 'answer',
    words: ['both', 'yes', 'no'],
    default: 'both',
    commands: ['gc-preview'],
    examples: {
      'gc-preview': [
        '--engine 2.8 --delete-untagged yes /var/lib/registry',
        '--from compose.yaml --registry-url https://registry.example.com /var/lib/registry',
      ],
    },
  },
  driver: {
    help: 'the storage driver of the registry: `filesystem` or `s3`; they list in another order, and stop for other reasons',
    is: 'choice',
    value: 'name',
    words: ['filesystem', 's3'],
    default: 'filesystem',
    commands: ['gc-preview'],
  },
} as const
