import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixture } from '../../support/builders/fixtures.ts'
import { type Ran, targetIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'

vi.mock(import('../../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../../support/command/one-thread.ts')).oneThread(original),
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
    ['what has another name is not ours', { DEPTH: 'deep', REGFSCKDEPTH: 'deep' }, [damaged], 1],
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

describe('a variable that begins like ours', () => {
  const run = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await regfsckHere(args, { env })
    return { code, stdout, lines: stderr.trimEnd().split('\n') }
  }

  it.each([
    [{ REGFSCK_DEPHT: 'graph' }, ['REGFSCK_DEPHT: unknown variable; did you mean REGFSCK_DEPTH?']],
    [{ REGFSCK_BOGUS: '' }, ['REGFSCK_BOGUS: unknown variable']],
    [{ REGFSCK_TELL_PARENT: '1' }, ['REGFSCK_TELL_PARENT: unknown variable']],
    [
      { REGFSCK_REQUEST_TIMEOUTS: '1s', REGFSCK_CA_FIEL: 'x', REGFSCK_DEPTH: 'graph' },
      [
        'REGFSCK_CA_FIEL: unknown variable; did you mean REGFSCK_CA_FILE?',
        'REGFSCK_REQUEST_TIMEOUTS: unknown variable; did you mean REGFSCK_REQUEST_TIMEOUT?',
      ],
    ],
    // A person may write this; Kubernetes would write tcp://….
    [{ REGFSCK_PORT: '9847' }, ['REGFSCK_PORT: unknown variable']],
    [{ REGFSCK_SERVICE_HOSTS: 'x' }, ['REGFSCK_SERVICE_HOSTS: unknown variable']],
  ])('and is none, as %j, is refused by every command that does something', async (env, wanted) => {
    for (const args of [
      ['scan', whole],
      ['check', '127.0.0.1:1/app'],
      ['serve', '--config', '/nowhere'],
      ['config', 'check', '/nowhere'],
    ])
      expect(await run(env, ...args)).toEqual({
        code: 2,
        stdout: '',
        lines: wanted.map((line) => `regfsck: ${line}`),
      })
    expect((await run(env, 'explain', 'layer-missing')).code).toBe(0)
  })

  it.each([
    ['serve has', { REGFSCK_LISTEN: '127.0.0.1:0', REGFSCK_CONFIG: '' }],
    ['check has', { REGFSCK_EXPECT_DIGEST: 'sha256:1' }],
    [
      'Kubernetes sets for a Service named regfsck',
      {
        REGFSCK_SERVICE_HOST: '10.96.0.7',
        REGFSCK_SERVICE_PORT: '9847',
        REGFSCK_SERVICE_PORT_HTTP: '9847',
        REGFSCK_PORT: 'tcp://10.96.0.7:9847',
        REGFSCK_PORT_9847_TCP: 'tcp://10.96.0.7:9847',
        REGFSCK_PORT_9847_TCP_PROTO: 'tcp',
        REGFSCK_PORT_9847_TCP_PORT: '9847',
        REGFSCK_PORT_9847_TCP_ADDR: '10.96.0.7',
      },
    ],
    [
      'Kubernetes sets for a Service named regfsck-serve',
      {
        REGFSCK_SERVE_SERVICE_HOST: 'fd00::7',
        REGFSCK_SERVE_SERVICE_PORT: '9847',
        REGFSCK_SERVE_SERVICE_PORT_HTTP: '9847',
        REGFSCK_SERVE_PORT: 'tcp://[fd00::7]:9847',
        REGFSCK_SERVE_PORT_9847_TCP: 'tcp://[fd00::7]:9847',
        REGFSCK_SERVE_PORT_9847_TCP_PROTO: 'tcp',
        REGFSCK_SERVE_PORT_9847_TCP_PORT: '9847',
        REGFSCK_SERVE_PORT_9847_TCP_ADDR: 'fd00::7',
      },
    ],
  ])('and that %s is left alone by scan', async (_, env) => {
    expect((await run(env, 'scan', whole)).code).toBe(0)
  })
})

/** Options are read from the process, so it is there that they are set. */
function scan(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', '--all-tags', ...args], { env })
}
