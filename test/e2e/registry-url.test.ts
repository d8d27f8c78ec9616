import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

const ALL = fileURLToPath(new URL('../../fixtures', import.meta.url))
const ROOT = fixture('child-deleted-by-gc-m')
const URL_OF_IT = 'https://registry.example.com:5000'

interface Reported {
  readonly targets: readonly {
    readonly findings: readonly { readonly repair: { readonly commands: readonly string[] } }[]
  }[]
}

async function commandsOf(...flags: readonly string[]): Promise<{ commands: string; script: string }> {
  const script = join(scratch(), 'repair.sh')
  const outputs = ['--output', 'json', '--output', `repair=${script}`]
  const { stdout } = await regfsck(['scan', '--recheck-delay', '0', ...outputs, ...flags, ROOT])
  const { targets }: Reported = JSON.parse(stdout)
  const commands = targets.flatMap(({ findings }) => findings.flatMap(({ repair }) => repair.commands)).join('\n')
  return { commands, script: readFileSync(script, 'utf8') }
}

describe('the URL of a registry whose storage is scanned', () => {
  it('stands in the commands and in the script, which asks for it no more', async () => {
    const { commands, script } = await commandsOf(`--registry-url=${URL_OF_IT}/`)
    expect(commands).toContain(`regfsck check "${URL_OF_IT}/infra-ci:latest"`)
    expect(commands).toContain('"docker://registry.example.com:5000/infra-ci:latest"')
    expect(commands).not.toMatch(/\$\{?REGISTRY/)
    expect(script).not.toMatch(/\$\{?REGISTRY|Set REGISTRY/)
  })

  it('is asked for where nobody says it', async () => {
    const { commands, script } = await commandsOf()
    expect(commands).toContain('regfsck check "$REGISTRY/infra-ci:latest"')
    expect(script).toContain('Set REGISTRY to the URL of the registry')
  })

  it.each([
    [
      'no URL',
      ['--registry-url=registry.example.com', ROOT],
      '--registry-url: expected https://HOST[:PORT][/PREFIX], not "registry.example.com"',
    ],
    [
      'one with a password',
      ['--registry-url=https://u:hunter2@registry.example.com', ROOT],
      '--registry-url: a target URL must not contain a user name or password',
    ],
    [
      'one beside a URL that is scanned',
      [`--registry-url=${URL_OF_IT}`, URL_OF_IT],
      '--registry-url: is for storage only',
    ],
    [
      'one beside --against',
      [`--registry-url=${URL_OF_IT}`, `--against=${URL_OF_IT}`, ROOT],
      '--registry-url: is for storage only',
    ],
    ['one of many registries', [`--registry-url=${URL_OF_IT}`, ALL], /--registry-url: there are \d+ registries below/],
  ])('is refused where it is %s', async (_, args, says) => {
    const { code, stderr } = await regfsck(['scan', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('hunter2')
  })
})
