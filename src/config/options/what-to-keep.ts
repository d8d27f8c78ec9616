/** Options about what is reached, and what is about to be deleted. */
export const WHAT_TO_KEEP = {
  'protect-list': {
    help: 'print everything that is reached as `REPOSITORY@DIGEST`, one a line: what a retention script has to keep',
    is: 'switch',
    commands: ['reachable'],
    examples: { reachable: ['--protect-list --from deploy/ --recursive /var/lib/registry > keep'] },
  },
  'digests-from': {
    help: 'answer for each digest in this file, `DIGEST` or `REPOSITORY@DIGEST`, whether it is `kept`, and why, or `free`; `-` is standard input; exit with 1 if one is kept',
    is: 'file',
    value: 'file',
    commands: ['reachable'],
    examples: { reachable: ['--digests-from delete --repositories team/app https://registry.example.com'] },
  },
  'without-tags': {
    help: 'count the tags in this file as deleted, `REPOSITORY:TAG` one a line: ask before they are',
    is: 'file',
    value: 'file',
    commands: ['reachable'],
  },
} as const
