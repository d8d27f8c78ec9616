/** Options that decide how deep and how fast to check. */
export const WHAT_TO_CHECK = {
  depth: {
    help: 'how [deep](../README.md#depths) to check: `graph`, `blobs` or `content`',
    is: 'choice',
    value: 'depth',
    words: ['blobs', 'graph', 'content'],
    default: 'blobs',
    commands: ['scan', 'check', 'pin'],
    key: ['scan'],
    examples: { scan: ["--depth content --repositories 'infra/**' /var/lib/registry"] },
  },
  platform: {
    help: 'check only the image for this platform, such as `linux/arm64`, and print its digest; exit with 1 if there is none; with `--from`, `auto` is the platforms of the nodes that the documents describe',
    is: 'text',
    value: 'platform',
    commands: ['check', 'pin'],
    key: ['references'],
    examples: { check: ['--platform linux/arm64 registry.example.com/app:v1'] },
    differs: {
      pin: { help: 'check only the image for this platform, such as `linux/arm64`; what is pinned is the whole tag' },
    },
  },
  'expect-digest': {
    help: 'exit with 1 if the image has another digest',
    is: 'text',
    value: 'digest',
    commands: ['check'],
  },
  against: {
    help: "also ask this registry's API, and report where it and the storage disagree",
    is: 'text',
    value: 'url',
    commands: ['scan'],
    key: ['scan'],
  },
  garbage: {
    help: 'also report content that nothing needs: unreferenced blobs, abandoned uploads, leftover files',
    is: 'switch',
    commands: ['scan'],
    key: ['scan'],
  },
  'recheck-delay': {
    help: 'wait this long before checking again what looks wrong',
    is: 'duration',
    value: 'duration',
    least: 0,
    default: '3s',
    commands: ['scan', 'check', 'pin'],
    key: ['scan'],
  },
  'follow-symlinks': {
    help: 'follow symbolic links below the target; without it they are reported as unchecked',
    is: 'switch',
    commands: ['scan', 'reachable', 'gc-preview'],
    key: ['scan'],
  },
} as const
