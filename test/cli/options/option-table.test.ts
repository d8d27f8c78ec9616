import { readFileSync } from 'node:fs'
import { Command } from '@commander-js/extra-typings'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { bashCompletion } from '../../../src/cli/completion/bash.ts'
import { fishCompletion } from '../../../src/cli/completion/fish.ts'
import { commandTree } from '../../../src/cli/completion/tree.ts'
import { zshCompletion } from '../../../src/cli/completion/zsh.ts'
import { addOptions, optionExamples } from '../../../src/cli/options/command-options.ts'
import { HELP } from '../../../src/cli/options/help-text.ts'
import type { OptionEntry, OptionGroup } from '../../../src/config/options/entry.ts'
import { OPTION_GROUPS } from '../../../src/config/options/table.ts'
import { configSchemaFor } from '../../../src/config/schema.ts'
import { optionsTable, withOptions } from '../../../tools/options-page.ts'

const NEW: OptionEntry = {
  help: 'report in the colors of a [season](seasons.md), such as `spring`',
  short: 's',
  is: 'choice',
  value: 'season',
  words: ['spring', 'autumn'],
  default: 'spring',
  commands: ['scan'],
  key: ['scan'],
  examples: { scan: ['--season autumn /var/lib/registry'] },
}
const [first, ...rest] = OPTION_GROUPS
const GROUPS: readonly OptionGroup[] = [{ title: '', ...first, options: { ...first?.options, season: NEW } }, ...rest]

describe('an option that is added to the table', () => {
  const program = new Command('regfsck').configureHelp(HELP)
  const scan = program.command('scan').action(() => undefined)
  addOptions(scan, 'scan', GROUPS)
  const other = program.command('check')
  addOptions(other, 'check', GROUPS)
  const tree = commandTree(program, [])

  it('is parsed', () => {
    expect(scan.opts()).toMatchObject({ season: 'spring' })
    scan.parse(['--season=autumn'], { from: 'user' })
    expect(scan.opts()).toMatchObject({ season: 'autumn' })
    expect(other.opts()).not.toHaveProperty('season')
  })

  it('has an environment variable', () => {
    expect(scan.options.find((option) => option.name() === 'season')?.envVar).toBe('REGFSCK_SEASON')
  })

  it('is in the help of its commands, in its group, and in no other', () => {
    const [, group = ''] = /^What to check:\n(.*?)\n\n/ms.exec(scan.helpInformation()) ?? []
    expect(group.replaceAll(/\s+/g, ' ')).toContain(
      '-s, --season <season> report in the colors of a season, such as spring (default: "spring")',
    )
    expect(other.helpInformation()).not.toContain('season')
    expect(optionExamples('scan', GROUPS)).toContain('  $ regfsck scan --season autumn /var/lib/registry\n')
  })

  it.each([
    ['bash', bashCompletion, "'scan:--season' | 'scan:-s') kind='words' list='spring autumn'"],
    ['zsh', zshCompletion, '--season=[report in the colors of a season, such as spring]:season:(spring autumn)'],
    ['fish', fishCompletion, "-s s -l season -x -a 'spring autumn' -d 'report in the colors of a season"],
  ])('is completed by %s', (_, completion, line) => {
    expect(completion(tree)).toContain(line)
  })

  it('is a key of a configuration file, with its description in the schema', () => {
    const schema = configSchemaFor(GROUPS)
    const registry = { name: 'a', target: '/a', season: 'autumn' }
    expect(schema.safeParse({ defaults: { season: 'spring' }, registries: [registry] }).success).toBe(true)
    expect(schema.safeParse({ defaults: { season: 'winter' } }).success).toBe(false)
    expect(schema.safeParse({ season: 'spring' }).success).toBe(false)
    expect(JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))).toContain('in the colors of a season')
  })

  it('is in the documentation', () => {
    expect(optionsTable('scan', GROUPS)).toMatch(
      /^\| `--season SEASON`, `-s` +\| `spring` +\| report in the colors of a \[season\]\(seasons\.md\), such as `spring` +\|$/m,
    )
    expect(optionsTable('check', GROUPS)).not.toContain('season')
  })
})

describe('the table of options', () => {
  it.each(['scan.md', 'pin.md', 'reachable.md', 'serve.md'])(
    'is what docs/%s says; where not, npm run options is due',
    (name) => {
      const page = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
      expect(withOptions(page, OPTION_GROUPS)).toBe(page)
    },
  )

  it('has each option once', () => {
    const names = OPTION_GROUPS.flatMap(({ options }) => Object.keys(options))
    expect(new Set(names).size).toBe(names.length)
  })

  it('says nothing of an option that nobody reads', () => {
    const read = ['help', 'commands', 'short', 'otherwise', 'key', 'examples', 'hidden', 'differs', 'is', 'value']
    const forms = ['default', 'words', 'mayHaveSpaces', 'refusedIfEmpty', 'least', 'most', 'emptyInFile']
    const known = new Set([...read, ...forms])
    const entries = OPTION_GROUPS.flatMap(({ options }) => Object.values(options))
    expect(entries.flatMap((entry) => Object.keys(entry)).filter((key) => !known.has(key))).toEqual([])
  })
})
