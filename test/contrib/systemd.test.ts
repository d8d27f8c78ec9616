import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { type Ran, regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { callsOf, complaints, environment, exposure, hasSystemdAnalyze, installed, settings } from './units.ts'

const SERVICES = ['regfsck-scan@.service', 'regfsck-serve.service'] as const
const SCAN = 'regfsck-scan@.service'

describe.skipIf(!hasSystemdAnalyze())('the units, to systemd,', () => {
  const home = scratch()

  it('are in order', () => {
    expect(complaints(installed(join(home, 'sound')))).toBe('')
  })

  it.each<[mistake: string, from: string, to: string]>([
    ['a setting that there is not', 'ProtectSystem=', 'ProtectSytem='],
    ['a value that there is not', 'ProtectHome=true', 'ProtectHome=sometimes'],
    ['a time that never comes', 'OnCalendar=*:0/15', 'OnCalendar=every quarter'],
    ['a command that is nowhere', 'ExecStart=/', 'ExecStart=/nowhere/'],
    ['a system call that there is not', '@system-service', '@system-servant'],
  ])('would not be, with %s', (mistake, from, to) => {
    const units = installed(join(home, mistake), (text) => text.replaceAll(from, () => to))
    expect(complaints(units)).not.toBe('')
  })

  it('could do little to the machine', () => {
    const units = installed(join(home, 'measured')).filter((path) => path.endsWith('.service'))
    expect(units.map(exposure).filter((measured) => !(measured <= 1.4))).toEqual([])
    const open = installed(join(home, 'open'), (text) => text.replace(/^(?:Protect|Private|Capability).*\n/gm, ''))
    expect(
      open
        .filter((path) => path.endsWith('.service'))
        .map(exposure)
        .filter((measured) => measured <= 2.5),
    ).toEqual([])
  })
})

describe('the services', () => {
  it.each(SERVICES)('%s may not write to the system, nor to the usual places of registries', (file) => {
    expect(settings(file, 'ProtectSystem')).toEqual(['strict'])
    expect(settings(file, 'ReadOnlyPaths')).toEqual(['-/var/lib/registry -/var/lib/docker-registry -/srv/registry'])
    expect(settings(file, 'ReadWritePaths')).toEqual([])
    expect(settings(file, 'CapabilityBoundingSet')).toEqual([''])
    expect(settings(file, 'User')).toEqual(['regfsck'])
  })

  it('are locked up alike', () => {
    const [one, other] = SERVICES.map((file) => {
      const text = readFileSync(new URL(`../../contrib/systemd/${file}`, import.meta.url), 'utf8')
      return /# Nothing but its own state[\s\S]*?MemoryDenyWriteExecute=false/.exec(text)?.[0]
    })
    expect(one?.length).toBeGreaterThan(500)
    expect(other).toBe(one)
  })
})

describe('the scan as its service starts it', () => {
  const home = scratch()

  it.each(['private.env', 'private-deep.env'])(
    'with %s, succeeds where the registry is broken, and reports it',
    async (file) => {
      const state = join(home, file)
      const ran = await started(state, 'child-deleted-by-gc-m', file)
      expect(ran).toMatchObject({ code: 0, stdout: '', stderr: '' })
      const deep = file === 'private-deep.env' ? '-deep' : ''
      const metrics = readFileSync(join(state, 'metrics', `private${deep}.result.prom`), 'utf8')
      expect(metrics).toMatch(/^registry_integrity_failures\{.*registry="private".*\} 3$/m)
      expect(readdirSync(state).sort()).toEqual(['metrics', `private${deep}.report.json`, `private${deep}.state.json`])
    },
  )

  it('fails where the registry cannot be read', async () => {
    expect((await started(join(home, 'not-mounted'), 'not-mounted-blobs-absent', 'private.env')).code).toBe(4)
  })

  it('says so of a setting that is wrong, and does not begin', async () => {
    const ran = await started(join(home, 'wrong'), 'lawful-nested-index', 'private.env', { REGFSCK_DEPTH: 'deepest' })
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('deepest') })
  })
})

describe('the exporter as its service starts it', () => {
  it('is given a configuration that is sound, and answers on this machine only', async () => {
    expect(settings('regfsck-serve.service', 'ExecStart')).toEqual(['regfsck serve --config /etc/regfsck/regfsck.yaml'])
    const example = fileURLToPath(new URL('../../contrib/systemd/examples/regfsck.yaml', import.meta.url))
    const ran = await regfsck(['config', 'check', example])
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('127.0.0.1:9847'), stderr: '' })
  })
})

describeWithServers(['strace'], 'the system calls of a scan', () => {
  it.skipIf(!hasSystemdAnalyze())('are allowed by the filter; refused the one that is not, it goes on', async () => {
    const home = scratch()
    const trace = join(home, 'trace')
    await started(join(home, 'traced'), 'child-deleted-by-gc-m', 'private.env', {}, [
      'strace',
      '-f',
      '-qq',
      '-o',
      trace,
    ])
    const made = new Set([...readFileSync(trace, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = '']) => call))
    expect(made.size).toBeGreaterThan(20)
    const [allow = '', deny = ''] = settings(SCAN, 'SystemCallFilter')
    const allowed = callsOf(allow)
    const denied = new Set(
      deny
        .slice(1)
        .split(' ')
        .flatMap((group) => [...callsOf(group)]),
    )
    const refused = [...made].filter((call) => !allowed.has(call) || denied.has(call))
    expect(refused.filter((call) => call !== 'pkey_alloc')).toEqual([])
    const without = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=pkey_alloc:error=EPERM']
    const ran = await started(join(home, 'refused'), 'child-deleted-by-gc-m', 'private.env', {}, without)
    expect(ran).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })
})

/** Run the command line of the service, its directories moved to `state` and its registry a fixture. */
function started(
  state: string,
  registry: string,
  file: string,
  changes: Readonly<Record<string, string>> = {},
  under: readonly string[] = [],
): Promise<Ran> {
  const instance = file.replace('.env', '')
  const { TARGET, ...named } = environment(`examples/${file}`)
  expect(TARGET).toBe('/var/lib/registry')
  expect(settings(SCAN, 'StateDirectory')).toEqual(['regfsck regfsck/metrics'])
  mkdirSync(join(state, 'metrics'), { recursive: true })
  const [preset = ''] = settings(SCAN, 'Environment')
  const [command = ''] = settings(SCAN, 'ExecStart')
  const [name, ...words] = command
    .replaceAll('%i', instance)
    .replaceAll('/var/lib/regfsck', state)
    .replace(/\$\{TARGET\}/, () => fixture(registry))
    .split(' ')
  expect(name).toBe('regfsck')
  const [variable = '', value = ''] = preset.replaceAll('%i', instance).split('=')
  const env = { REGFSCK_RECHECK_DELAY: '0', [variable]: value, ...named, ...changes }
  return regfsck(words, { env, under })
}
