import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CommandName, groupsOf, REPEATABLE } from '../../../src/config/options/entry.ts'
import { OPTION_GROUPS } from '../../../src/config/options/table.ts'
import { fixture } from '../../support/builders/fixtures.ts'
import { targetIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

vi.mock(import('../../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../../support/command/one-thread.ts')).oneThread(original),
)

const whole = fixture('lawful-nested-repositories')
const COMMANDS = {
  scan: [whole],
  check: ['127.0.0.1:1/app:v1'],
  pin: ['--check', '--from', 'compose.yaml'],
  serve: ['--config', '/nowhere'],
} as const

describe('a list without a value, as of a shell variable that is not set', () => {
  beforeEach(() => vi.unstubAllEnvs())
  afterEach(() => vi.unstubAllEnvs())

  describe.each(Object.entries(COMMANDS))('of %s', (name, others) => {
    it.each(listsOf(name as CommandName))('is refused: --%s', async (flag) => {
      for (const given of [['', 'app'], [' '], ['app', '']]) {
        const flags = given.map((value) => `--${flag}=${value}`)
        expect(await regfsckHere([name, ...flags, ...others])).toEqual({
          code: 2,
          stdout: '',
          stderr: `regfsck: --${flag}: the value is empty; leave the option out if none is meant\n`,
          took: expect.any(Number),
        })
      }
    })
  })

  it('is refused for each flag at once', async () => {
    const ran = await regfsckHere(['pin', '--only', '', '--from', 'compose.yaml', '--exclude', ''])
    expect(ran.stderr.split('\n')).toHaveLength(3)
  })

  it('is no problem where another word stands beside the blank', async () => {
    const ran = await regfsckHere(['scan', '--output=json', '--all-tags', '--repositories', ' a ', whole])
    expect(targetIn(ran).totals?.repositories).toBe(1)
  })

  it.each(['ONLY', 'EXCLUDE'])(
    'is refused in the environment, where more would be written: REGFSCK_%s',
    async (name) => {
      vi.stubEnv(`REGFSCK_${name}`, ' ')
      expect(await regfsckHere(['pin', ...COMMANDS.pin])).toMatchObject({
        code: 2,
        stderr: `regfsck: REGFSCK_${name}: the value is empty; unset the variable if none is meant\n`,
      })
      const ran = await regfsckHere(['pin', ...COMMANDS.pin, `--${name.toLowerCase()}`, 'web'])
      expect(ran.stderr).not.toContain('the value is empty')
    },
  )

  it('in the environment counts as not set for what only reads, so that the file of --config applies', async () => {
    const config = join(scratch(), 'regfsck.yaml')
    writeFileSync(config, 'defaults: {repositories: [a], sparse: [nothing], output: [json]}\n')
    vi.stubEnv('REGFSCK_REPOSITORIES', '')
    vi.stubEnv('REGFSCK_SPARSE', '')
    vi.stubEnv('REGFSCK_OUTPUT', ' ')
    const ran = await regfsckHere(['scan', '--config', config, whole])
    expect(ran.stderr).toContain('--sparse: "nothing" matches no repository')
    expect(targetIn(ran)).toMatchObject({ complete: true, totals: { repositories: 1 } })
  })

  it.each(['repositories', 'exclude', 'exclude-target', 'sparse', 'output'])(
    'is refused in a configuration file: %s',
    async (key) => {
      const config = join(scratch(), 'regfsck.yaml')
      writeFileSync(config, `defaults:\n  ${key}: ['']\n`)
      const ran = await regfsckHere(['scan', '--config', config, whole])
      expect(ran.code).toBe(2)
      expect(ran.stderr).toContain(`${config}:2: defaults.${key}[0]: expected a`)
    },
  )
})

describe('a file to write without a name', () => {
  it.each([
    ['scan', ['--state', '', whole]],
    ['pin', ['--from', 'compose.yaml', '--write', '']],
  ])('is refused by %s', async (name, args) => {
    const ran = await regfsckHere([name, ...args])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(/^regfsck: --(?:state|write): cannot write a file without a name$/m)
  })
})

function listsOf(name: CommandName): readonly string[] {
  return groupsOf(name, OPTION_GROUPS).flatMap(({ options }) =>
    options.filter(({ is }) => REPEATABLE.has(is)).map((option) => option.name),
  )
}
