import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'
import { describeWithServers } from '../../support/servers/required.ts'

const directory = scratch()
const written = (shell: string): string => join(directory, shell)

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout, stderr } = await regfsckHere(['completion', shell])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    writeFileSync(written(shell), stdout)
  }
})

function said(command: string, args: readonly string[], input = ''): string {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8', input, timeout: 20_000 })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

/** What is typed, as bash cuts it, and what it offers. */
const CASES: readonly (readonly [string[], string[]])[] = [
  [['sc'], ['scan']],
  [
    ['config', ''],
    ['check', 'schema', 'help'],
  ],
  [['config', 'check', '--dry'], ['--dry-run']],
  [
    ['scan', '--depth', ''],
    ['blobs', 'graph', 'content'],
  ],
  [['scan', '--fail-on', 'w'], ['warning']],
  [['scan', '-o', 'js'], ['json']],
  [['check', '--output', 'prom'], []],
  [['explain', 'layer-m'], ['layer-missing']],
  [['scan', '--pull-through', '--fail'], ['--fail-on']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
]

describe('the completion of bash', () => {
  const offered = (words: readonly string[]): string[] =>
    said('bash', [
      '-c',
      `source "$1"; shift; COMP_WORDS=(regfsck "$@"); COMP_CWORD=$#; _regfsck; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      written('bash'),
      ...words,
    ])
      .split('\n')
      .filter((word) => word !== '')

  it.each([
    ...CASES,
    [['scan', '--output', '=', 'js'], ['json']],
    [['scan', '-o', 'json', '=', '/etc/passw'], ['/etc/passwd']],
    [['scan', '--', '--d'], []],
  ] as const)('%j: %j', (words, wanted) => {
    const files = (word: string): boolean => wanted.length === 0 || !word.endsWith('-')
    expect(offered(words).filter(files)).toEqual(wanted)
  })

  it('works at a prompt', () => {
    const keys = `source ${written('bash')}; regfsck() { echo "GOT:$*"; }\nregfsck sca\t--dep\tgra\t-o json=/etc/passw\t\nexit\n`
    expect(said('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], keys)).toMatch(
      /^GOT:scan --depth graph -o json=\/etc\/passwd\s*$/m,
    )
  })
})

describeWithServers(['shellcheck'], 'ShellCheck', () => {
  it('has nothing to say about the completion of bash', () => {
    expect(said('shellcheck', ['-s', 'bash', written('bash')])).toBe('')
  })
})

describeWithServers(['fish'], 'the completion of fish', () => {
  it.each(CASES)('%j: %j', (words, wanted) => {
    const line = ['regfsck', ...words].join(' ')
    const lines = said('fish', ['--no-config', '-c', `source ${written('fish')}; complete -C '${line}'`]).split('\n')
    const offered = lines.flatMap((each) => each.split('\t')[0] || [])
    expect(offered.sort()).toEqual([...wanted].sort())
  })
})

describeWithServers(['zsh'], 'the completion of zsh', () => {
  it('works at a prompt', () => {
    const setUp = `autoload -U compinit; compinit -D; source ${written('zsh')}; regfsck() { echo "GOT:$*" }`
    const keys = `${setUp}\nregfsck sca\t--dep\tgra\t--fail-on w\t-o js\t\nregfsck config ch\t--dry\t\nexit\n`
    const shown = said('script', ['-qec', 'zsh -f -i', '/dev/null'], keys)
    expect(shown).toMatch(/^GOT:scan --depth.graph --fail-on warning -o json\s*$/m)
    expect(shown).toMatch(/^GOT:config check --dry-run\s*$/m)
  })
})

describe('a shell that there is no completion for', () => {
  it('is answered with what was meant', async () => {
    expect(await regfsckHere(['completion', 'bsh'])).toMatchObject({
      code: 2,
      stderr: 'regfsck: SHELL: expected bash, zsh or fish, not "bsh"; did you mean bash?\n',
    })
  })
})
