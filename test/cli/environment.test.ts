import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Ran, targetIn } from '../support/cli.ts'
import { fixture } from '../support/fixtures.ts'
import { regfsckHere } from '../support/in-process.ts'

vi.mock(import('../../src/sources/disk/crew.ts'), async (original) =>
  (await import('../support/one-thread.ts')).oneThread(original),
)

const damaged = fixture('layer-blob-missing')
const whole = fixture('lawful-nested-repositories')

describe('options in the environment', () => {
  beforeEach(() => vi.unstubAllEnvs())
  afterEach(() => vi.unstubAllEnvs())

  it.each([
    ['a choice', { REGFSCK_FAIL_ON: 'never' }, [damaged], 0],
    ['a flag comes before it', { REGFSCK_FAIL_ON: 'never' }, ['--fail-on', 'error', damaged], 1],
    ['even a flag that says the default', { REGFSCK_DEPTH: 'graph' }, ['--depth', 'blobs', damaged], 1],
    ['a depth', { REGFSCK_DEPTH: 'graph' }, [damaged], 0],
    // The only repository is left out, so nothing is looked at.
    ['a list of one', { REGFSCK_EXCLUDE: 'app' }, [damaged], 3],
    ['a list of several, set apart by spaces', { REGFSCK_EXCLUDE: 'web  app' }, [damaged], 3],
    ['a name', { REGFSCK_PULL_THROUGH: 'layer-blob-missing' }, [damaged], 0],
    ['another name, which is that of no target', { REGFSCK_PULL_THROUGH: 'hub' }, [damaged], 2],
    ['what is wrong there is wrong', { REGFSCK_DEPTH: 'deep' }, [damaged], 2],
    ['what has another name is not ours', { REGFSCK_BOGUS: 'x', DEPTH: 'deep' }, [damaged], 1],
  ])('%s', async (_, env, args, code) => {
    expect(await scan(env, ...args)).toMatchObject({ code })
  })

  it('a list given as flags takes the place of the one in the environment', async () => {
    const ran = await scan({ REGFSCK_REPOSITORIES: 'a' }, '--repositories', 'a/b', whole)
    expect(targetIn(ran).totals?.repositories).toBe(1)
    expect(targetIn(ran).tags.map(({ repository }) => repository)).toEqual(['a/b'])
  })

  it.each(['1', 'true', 'yes'])('a switch is on where it is %s', async (value) => {
    expect(targetIn(await scan({ REGFSCK_REPOSITORIES: 'a', REGFSCK_ALL_TAGS: value }, whole)).tags).toHaveLength(1)
  })

  it.each(['0', 'false', 'no', ''])('a switch is off where it is "%s"', async (value) => {
    vi.stubEnv('REGFSCK_ALL_TAGS', value)
    const ran = await regfsckHere(['scan', '--output', 'json', whole])
    expect(targetIn(ran).tags).toEqual([])
  })
})

/** Options are read from the process, so it is there that they are set. */
function scan(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', '--all-tags', ...args], { env })
}
