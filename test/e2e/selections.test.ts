import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, reportIn, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { simulateRegistry } from '../support/simulated/registry.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const registry = await simulateRegistry(image('app'))
afterAll(() => registry.stop())
const storage = makeRegistry('private', 'app', 'team/app', 'team/web')
const lists = { empty: '', comments: '# none\n\n  # of them\r\n', good: 'app\n', mixed: 'app\nTeam/App\n' }
for (const [name, text] of Object.entries(lists)) writeFileSync(join(directory, name), text)

describe.each([
  ['on disk', storage],
  ['over the API', registry.url],
])('a selection that can match nothing ends with 2 before a look, %s', (_, target) => {
  it.each([
    ['App', 'write app'],
    ['/app', 'write app'],
    ['app/', 'write app'],
    ['team//app', 'write team/app'],
    ['app:v1', 'write app (to check one image, use regfsck check)'],
    ['app@sha256:0000', 'write app'],
    ['localhost:5000/app', 'write app'],
    ['https://registry.example/team/app', 'write team/app'],
    ['https://registry.example/v2/team/app/', 'write team/app'],
    ['/team/*', 'write team/*'],
    ['Team/**', 'write team/**'],
    ['app,web', 'is not a repository name'],
  ])('--repositories %s', async (text, sentence) => {
    for (const flags of [[text], ['app', '--repositories', text], [text, '--repositories', 'team/**']]) {
      const ran = await scan(target, '--repositories', ...flags)
      expect(ran).toMatchObject({ code: 2, stdout: '' })
      expect(ran.stderr).toMatch(/^regfsck: --repositories: .*\n$/)
      expect(ran.stderr).toContain(sentence)
    }
    vi.stubEnv('REGFSCK_REPOSITORIES', `app ${text}`)
    const ran = await scan(target)
    vi.unstubAllEnvs()
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })

  it('and no password of a URL is repeated', async () => {
    const ran = await scan(target, '--repositories', 'https://ci:secret@registry.example/app')
    expect(ran.code).toBe(2)
    expect(ran.stdout + ran.stderr).not.toContain('secret')
  })

  it.each([
    ['an empty --repositories', ['--repositories', ''], /^regfsck: --repositories: the value is empty/],
    ['an empty list', ['--repositories-from', join(directory, 'empty')], /empty names no repository/],
    ['a list of comments', ['--repositories-from', join(directory, 'comments')], /comments names no repository/],
    ['a list with a bad line', ['--repositories-from', join(directory, 'mixed')], /mixed, line 2: .*write team\/app/],
    ['what is excluded by name', ['--repositories', 'app', '--exclude', 'a*'], /^regfsck: --exclude: leaves none/],
    [
      'a cache that is none of the targets',
      ['--pull-through=other'],
      /^regfsck: --pull-through: no target is called "other"/,
    ],
  ])('%s', async (_what, flags, sentence) => {
    const ran = await scan(target, ...flags)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(sentence)
  })
})

describe('a pattern that matches nothing is named, and the run is incomplete', () => {
  it.each([
    [
      'a misspelt glob',
      ['--repositories', 'tema/**'],
      ['--repositories "tema/**" matches none of the 3 repositories'],
      0,
    ],
    ['a misspelt name', ['--repositories', 'ap'], ['--repositories "ap" matches none of the 3 repositories'], 0],
    [
      'one of several',
      ['--repositories', 'team/*', '--repositories', 'tema/*', '--repositories', 'nope'],
      [
        '--repositories "tema/*" matches none of the 3 repositories',
        '--repositories "nope" matches none of the 3 repositories',
      ],
      2,
    ],
    ['an --exclude that leaves nothing', ['--exclude', '**'], ['--exclude leaves none of the 3 repositories'], 0],
    [
      'an --exclude that leaves nothing of what is chosen',
      ['--repositories', 'team/*', '--exclude', 'team/**'],
      ['--exclude leaves none of the 3 repositories'],
      0,
    ],
  ])('on disk: %s', async (_, flags, details, repositories) => {
    const ran = await scan(storage, ...flags)
    expect(ran.code).toBe(3)
    expect(reportIn(ran).verdict).toBe('incomplete')
    const target = targetIn(ran)
    expect(target).toMatchObject({ complete: false, totals: { repositories } })
    expect(target.unchecked.map(({ because, detail }) => [because, detail])).toEqual(
      details.map((each) => ['NO_MATCH', each]),
    )
    const table = await regfsckHere(['scan', storage, ...flags])
    expect(table.stdout).not.toContain('CLEAN')
    expect(table.stdout).toMatch(/UNCHECKED {2}NO_MATCH, \d times\n {6}--/)
  })

  it('and its metrics say that the run did not succeed', async () => {
    const ran = await regfsckHere(['scan', storage, '--repositories', 'tema/**', '--output', 'prometheus'])
    expect(ran.stdout).toContain('run_success{registry="private"} 0')
    expect(ran.stdout).toContain('kind="place",reason="no_match"} 1')
  })

  it('over the API: a glob that matches nothing in the catalog', async () => {
    const ran = await scan(registry.url, '--repositories', 'tema/**')
    expect(ran.code).toBe(3)
    expect(targetIn(ran).unchecked).toMatchObject([{ because: 'NO_MATCH', pattern: 'tema/**' }])
  })

  it('over the API: a name that is not there, beside a glob and beside another name', async () => {
    for (const beside of [[], ['--repositories', 'app'], ['--repositories', 'a*']]) {
      const ran = await scan(registry.url, '--repositories', 'nope', ...beside)
      expect(ran.code).toBe(3)
      expect(targetIn(ran).unchecked).toMatchObject([{ repository: 'nope', because: 'STORE_READ_FAILED' }])
      expect(targetIn(ran).totals?.tags['intact']).toBe(beside.length / 2)
    }
  })

  it('over the API: names are asked for although a glob stands beside them, and the catalog does not list them', async () => {
    const shy = await simulateRegistry(image('app'), ({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.end('{"repositories":["other"]}')
      return true
    })
    const refusing = await simulateRegistry(image('app'), ({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.writeHead(403).end()
      return true
    })
    try {
      const ran = await scan(shy.url, '--repositories', 'app', '--repositories', 'team/*')
      expect(ran.code).toBe(3)
      expect(targetIn(ran)).toMatchObject({ totals: { repositories: 1, tags: { intact: 1 } } })
      expect(targetIn(ran).unchecked).toMatchObject([{ because: 'NO_MATCH', pattern: 'team/*' }])
      const without = await scan(refusing.url, '--repositories', 'app', '--repositories', 'team/*')
      expect(without.code).toBe(3)
      expect(targetIn(without)).toMatchObject({ totals: { repositories: 1, tags: { intact: 1 } } })
      expect(
        targetIn(without)
          .unchecked.map(({ detail }) => detail)
          .join(),
      ).toContain('does not list its repositories')
    } finally {
      await Promise.all([shy.stop(), refusing.stop()])
    }
  })
})

describe('the allowed twin', () => {
  it.each([
    ['names and globs that match', ['--repositories', 'app', '--repositories', 'team/*'], 3],
    ['a list of names', ['--repositories-from', join(directory, 'good')], 1],
    ['classes and braces', ['--repositories', '[a-z]pp', '--repositories', 'team/{app,web}'], 3],
    ['all but some', ['--repositories', '!team/**'], 1],
    ['an extended glob', ['--repositories', '@(app|team/web)'], 2],
    ['an exclusion that leaves some', ['--exclude', 'team/*'], 1],
    ['an empty setting in the environment', [], 3],
  ])('%s', async (_, flags, repositories) => {
    vi.stubEnv('REGFSCK_REPOSITORIES', '')
    const ran = await scan(storage, ...flags)
    vi.unstubAllEnvs()
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(targetIn(ran)).toMatchObject({ complete: true, unchecked: [], totals: { repositories } })
  })

  it('a slice in which none of the chosen repositories falls', async () => {
    const flags = ['--repositories', 'app', '--output', 'json']
    const runs = await Promise.all([0, 1, 2].map((n) => regfsckHere(['scan', storage, ...flags, '--shard', `${n}/3`])))
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(runs.map((ran) => targetIn(ran).totals?.repositories).sort()).toEqual([0, 0, 1])
    const tables = await Promise.all(
      [0, 1, 2].map((n) => regfsckHere(['scan', storage, '--repositories', 'app', '--shard', `${n}/3`])),
    )
    expect(tables.map(({ stdout }) => /^(EMPTY|CLEAN)/m.exec(stdout)?.[0]).sort()).toEqual(['CLEAN', 'EMPTY', 'EMPTY'])
  })

  it.each(['--exclude', '--sparse'])('%s that matches nothing is a warning, and the run is complete', async (flag) => {
    for (const target of [storage, registry.url]) {
      const ran = await scan(target, flag, 'nope/*')
      expect(ran.code).toBe(0)
      expect(ran.stderr).toBe(`regfsck: ${flag}: "nope/*" matches no repository\n`)
      expect(await scan(target, flag, '*p')).toMatchObject({ stderr: '' })
    }
  })

  it('a pattern that matches in one of several registries only', async () => {
    const other = makeRegistry('other', 'infra', 'team/tool')
    const flags = ['--repositories', 'team/*', '--repositories', 'infra', '--output', 'json']
    const ran = await regfsckHere(['scan', storage, other, ...flags])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const lost = await regfsckHere(['scan', storage, other, ...flags, '--repositories', 'nope'])
    expect(lost).toMatchObject({ code: 3, stderr: 'regfsck: --repositories: "nope" matches no repository\n' })
    expect(reportIn(lost).verdict).toBe('incomplete')
    const half = await regfsckHere(['scan', storage, other, '--repositories', 'infra', '--output', 'json'])
    expect(half.code).toBe(3)
    expect(targetIn(half, 'private').unchecked).toMatchObject([{ because: 'NO_MATCH', pattern: 'infra' }])
    expect(targetIn(half, 'other').complete).toBe(true)
  })
})

describe('a configuration file', () => {
  it.each([
    ['an empty list', 'repositories: []', /repositories: expected at least one/],
    ['a name that can be none', 'repositories: [App]', /repositories: "App" .*write app/],
  ])('with %s is refused', async (_, setting, sentence) => {
    const file = join(directory, 'config.yaml')
    writeFileSync(file, `defaults:\n  ${setting}\nregistries:\n  - name: private\n    target: ${storage}\n`)
    const scanned = await regfsckHere(['scan', storage, '--config', file])
    expect(scanned).toMatchObject({ code: 2, stdout: '' })
    expect(scanned.stderr).toMatch(sentence)
    const checked = await regfsckHere(['config', 'check', file])
    expect(checked.code).toBe(2)
    expect(checked.stdout + checked.stderr).toMatch(sentence)
  })
})

function makeRegistry(name: string, ...repositories: readonly string[]): string {
  const root = join(directory, name)
  for (const repository of repositories) storeImage(storagePaths(root), repository, image('app'))
  return root
}

function scan(target: string, ...flags: readonly string[]): Promise<Ran> {
  return regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', target, ...flags])
}
