import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/cli/options/usage-error.ts'
import { readServeRequest, type ServeRequest } from '../../../src/cli/serve/serve-request.ts'
import { scratch } from '../../support/scratch.ts'

const DIRECTORY = scratch()

function written(text: string): string {
  const file = join(DIRECTORY, 'regfsck.yaml')
  writeFileSync(file, text)
  return file
}

function read(text: string, env: Record<string, string> = {}): Promise<ServeRequest> {
  return readServeRequest(written(text), { env })
}

async function problems(text: string): Promise<readonly string[]> {
  try {
    await read(text)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.problems.map((problem) => problem.replaceAll(DIRECTORY, ''))
  }
}

describe('a configuration for serve', () => {
  it('makes a plan of each registry, and of each of its profiles', async () => {
    const { plans, listen, scansAtOnce, state } = await read(`
registries:
  - {name: private, target: /var/lib/registry}
  - name: mirror
    target: https://mirror.example.com
    repositories: [infra/app, infra/db]
    profiles:
      - {name: fast, depth: graph, interval: 5m}
      - {name: deep, depth: content, interval: 7d, deadline: 12h}
`)
    expect({ listen, scansAtOnce, state }).toEqual({
      listen: { host: '127.0.0.1', port: 9847 },
      scansAtOnce: 4,
      state: undefined,
    })
    expect(plans).toMatchObject([
      { registry: 'private', profile: '', depth: 'blobs', interval: 900_000, deadline: 900_000, kind: 'distribution' },
      { registry: 'mirror', profile: 'fast', depth: 'graph', interval: 300_000, kind: 'api' },
      { registry: 'mirror', profile: 'deep', depth: 'content', interval: 604_800_000, deadline: 43_200_000 },
    ])
    expect(plans[2]?.arguments).toEqual([
      '--registry=mirror',
      '--profile=deep',
      '--repositories=infra/app',
      '--repositories=infra/db',
      '--depth=content',
      '--interval=7d',
      '--deadline=12h',
      '--',
      'https://mirror.example.com',
    ])
    expect(plans[1]?.repositoriesAreNamed).toBe(true)
    expect([plans[1]?.looksAt('infra/app'), plans[1]?.looksAt('other')]).toEqual([true, false])
  })

  it('has the profile before the registry, that before the defaults, and the environment before all', async () => {
    const text = `
defaults: {depth: graph, interval: 1h, recheck-delay: 7s}
registries:
  - name: a
    target: /a
    interval: 2h
    profiles: [{name: one}, {name: two, interval: 3h}]
`
    const depths = async (env: Record<string, string>) =>
      (await read(text, env)).plans.map(({ arguments: args }) => args.filter((arg) => /interval|depth/.test(arg)))
    expect(await depths({})).toEqual([
      ['--depth=graph', '--interval=2h'],
      ['--depth=graph', '--interval=3h'],
    ])
    expect(await depths({ REGFSCK_INTERVAL: '9h' })).toEqual([['--depth=graph'], ['--depth=graph']])
  })

  it('sees paths from where the file stands', async () => {
    writeFileSync(join(DIRECTORY, 'token'), 'x')
    const { plans, state } = await read(`
state: known
registries:
  - {name: a, target: ./storage}
  - {name: b, target: "https://b", token-file: token}
`)
    expect(plans.map(({ target }) => target)).toEqual([join(DIRECTORY, 'storage'), 'https://b'])
    expect(plans[1]?.arguments).toContain(`--token-file=${join(DIRECTORY, 'token')}`)
    expect(state).toBe(join(DIRECTORY, 'known'))
  })

  it('has all its problems reported at once, each with its place', async () => {
    expect(
      await problems(`
defaults: {client-cert: /nowhere}
registries:
  - name: a
    target: https://user:secret@x
  - name: a
    target: ./reg
    garbage: true
    profiles:
      - {name: fast, depth: graph}
      - {name: fast, depth: content, ca-file: nope.pem}
  - {name: b, target: "ftp://x"}
`),
    ).toEqual([
      '/regfsck.yaml:2: defaults.client-cert: --client-cert and --client-key: give both or none',
      "/regfsck.yaml:2: defaults.client-cert: cannot read /nowhere: ENOENT: no such file or directory, open '/nowhere'",
      '/regfsck.yaml:5: registries[0].target: a target URL must not contain a user name or password (put them into the docker config): expected https://HOST[:PORT][/PREFIX]',
      '/regfsck.yaml:6: registries[1].name: another registry has the name "a"',
      '/regfsck.yaml:8: registries[1].garbage: needs --depth blobs or content; depth graph does not see blobs',
      '/regfsck.yaml:11: registries[1].profiles[1].name: another profile has the name "fast"',
      "/regfsck.yaml:11: registries[1].profiles[1].ca-file: cannot read /nope.pem: ENOENT: no such file or directory, open '/nope.pem'",
      '/regfsck.yaml:12: registries[2].target: "ftp://x" cannot be scanned: expected https://HOST[:PORT][/PREFIX]',
    ])
    expect(await problems('registries: [{name: c, target: "https://c", request-timeout: 0, deadline: 0s}]')).toEqual([
      '/regfsck.yaml:1: registries[0].deadline: expected at least 1ms, not "0s"',
      '/regfsck.yaml:1: registries[0].request-timeout: expected at least 1ms, not "0"',
    ])
    expect(await problems('registries: [{name: c, target: /c, interval: 0}]')).toEqual([
      '/regfsck.yaml:1: registries[0].interval: expected at least 1s, not "0"',
    ])
  })

  it('names files that are there, whichever key names them', async () => {
    const registry = (key: string) => `registries: [{name: a, target: "https://a", ${key}: nope}]`
    for (const key of ['token-file', 'ca-file', 'repositories-from'])
      expect(await problems(registry(key))).toEqual([
        `/regfsck.yaml:1: registries[0].${key}: cannot read /nope: ENOENT: no such file or directory, open '/nope'`,
      ])
    expect(await problems('registries: [{name: a, target: "https://a", client-cert: x, client-key: y}]')).toEqual([
      "/regfsck.yaml:1: registries[0].client-cert: cannot read /x: ENOENT: no such file or directory, open '/x'",
      "/regfsck.yaml:1: registries[0].client-key: cannot read /y: ENOENT: no such file or directory, open '/y'",
    ])
    writeFileSync(join(DIRECTORY, 'empty'), '\n')
    expect(await problems('registries: [{name: a, target: "https://a", token-file: empty}]')).toEqual([
      '/regfsck.yaml:1: registries[0].token-file: /empty is empty',
    ])
  })

  it('is checked by `config check` also for what only `scan` and `check` read', async () => {
    const file = written(`
defaults: {state: no/state.json, textfile: no/metrics, fail-on: warning, push: "ftp://x"}
registries: [{name: a, target: /a}]
`)
    await expect(readServeRequest(file, { env: {} })).resolves.toMatchObject({ plans: [{ registry: 'a' }] })
    const checked = readServeRequest(file, { env: {} }, { withReporting: true })
    const problems = await checked.then(
      () => [],
      (error: UsageError) => error.problems.map((problem) => problem.replaceAll(DIRECTORY, '')),
    )
    expect(problems).toEqual([
      expect.stringMatching(/^\/regfsck.yaml:2: defaults.state: cannot write \/no\/state.json: ENOENT: /),
      expect.stringMatching(/^\/regfsck.yaml:2: defaults.push: .*expected http:\/\/HOST/),
      expect.stringMatching(/^\/regfsck.yaml:2: defaults.textfile: cannot write to \/no\/metrics: ENOENT: /),
    ])
  })

  it('has intervals that a calendar can hold', async () => {
    const found = await problems(
      `registries: [{name: a, target: /a, interval: 366d}, {name: b, target: /b, interval: 999999999d}]`,
    )
    expect(found).toEqual(['/regfsck.yaml:1: registries[1].interval: expected at most 366d'])
  })

  it('is checked without anything being made', async () => {
    await read('state: new/known\nregistries: [{name: a, target: /a}]')
    expect(existsSync(join(DIRECTORY, 'new'))).toBe(false)
    writeFileSync(join(DIRECTORY, 'file'), '')
    expect(await problems('state: file\nregistries: [{name: a, target: /a}]')).toEqual([
      '/regfsck.yaml:1: state: cannot use /file: it is not a directory',
    ])
  })

  it('has something to scan', async () => {
    expect(await problems('listen: 127.0.0.1:1\n')).toEqual(['/regfsck.yaml: registries: no registries to scan'])
  })

  it('is a file', async () => {
    await expect(readServeRequest(join(DIRECTORY, 'missing.yaml'), { env: {} })).rejects.toThrow(UsageError)
    await expect(readServeRequest(DIRECTORY, { env: {} })).rejects.toThrow(UsageError)
  })
})
