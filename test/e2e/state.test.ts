import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { writeStorage } from '../support/builders/write-storage.ts'
import { targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const multi = index([image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64' })])
const child = multi.children[1]?.descriptor.digest ?? ''
const lone = image('lone')
const layer = lone.layers[0]?.descriptor.digest ?? ''

/** A registry called `lab`, anew in each state of health. */
function scene() {
  const parent = scratch()
  const root = join(parent, 'lab')
  const state = join(parent, 'state.json')
  return {
    root,
    state,
    is(...damages: readonly ('child' | 'layer')[]): void {
      const storage = new MemoryRegistry()
      storage.push('team/app', multi, 'latest')
      storage.push('team/other', lone, 'v1')
      if (damages.includes('child')) storage.repository('team/app').revisions.delete(child)
      if (damages.includes('layer')) storage.blobs.delete(layer)
      rmSync(root, { recursive: true, force: true })
      writeStorage(storage, root)
    },
    scan: (...flags: readonly string[]) =>
      regfsckHere(['scan', root, '--recheck-delay=0', '--output=json', `--state=${state}`, ...flags]),
  }
}

const reported = (ran: Awaited<ReturnType<typeof regfsckHere>>) =>
  targetIn(ran).findings.map(
    ({ code, isNew }) => `${code} ${isNew === undefined ? 'first run' : isNew ? 'new' : 'still'}`,
  )
const fixed = (ran: Awaited<ReturnType<typeof regfsckHere>>) =>
  (targetIn(ran).fixed ?? []).map(({ code, repository }) => `${code} ${repository}`)

describe('with --state, a scan', () => {
  it('reports what is new since the last run, what is still there and since when, and what is fixed', async () => {
    const { is, scan } = scene()
    is('child')
    const first = await scan()
    expect(reported(first)).toEqual(['index-child-missing first run'])
    const since = targetIn(first).findings[0]?.firstSeen
    expect(Date.parse(since ?? '')).toBeGreaterThan(0)

    is('child', 'layer')
    const second = await scan()
    expect(reported(second)).toEqual(['index-child-missing still', 'layer-missing new'])
    expect(targetIn(second).findings[0]?.firstSeen).toBe(since)
    expect(fixed(second)).toEqual([])

    is('layer')
    const third = await scan()
    expect([reported(third), fixed(third)]).toEqual([['layer-missing still'], ['index-child-missing team/app']])
    expect(targetIn(third).fixed).toMatchObject([{ digest: child, firstSeen: since, severity: 'error' }])

    is()
    expect([reported(await scan()), fixed(await scan())]).toEqual([[], []])
  })

  it('takes a finding that comes back for a new one', async () => {
    const { is, scan } = scene()
    is('layer')
    await scan()
    is()
    expect(fixed(await scan())).toEqual(['layer-missing team/other'])
    is('layer')
    expect(reported(await scan())).toEqual(['layer-missing new'])
  })

  it.each([
    ['looked less deeply', ['--depth=graph'], 'layer'],
    ['looked at other repositories', ['--repositories=team/app'], 'layer'],
    ['left this one out', ['--exclude=team/other'], 'layer'],
  ] as const)('does not call fixed what it could not see, because it %s', async (_, flags, damage) => {
    const { is, scan } = scene()
    is(damage)
    const since = targetIn(await scan()).findings[0]?.firstSeen
    is()
    expect(fixed(await scan(...flags))).toEqual([])
    is(damage)
    expect(targetIn(await scan()).findings).toMatchObject([{ isNew: false, firstSeen: since }])
  })

  it('does not call fixed what an incomplete run did not find', async () => {
    const { is, scan, root, state } = scene()
    is('layer')
    await scan()
    is()
    const broken = join(root, 'docker/registry/v2/repositories/team/third')
    mkdirSync(join(root, 'docker/registry/v2/repositories/team'), { recursive: true })
    symlinkSync('/nowhere', broken)
    const ran = await scan()
    expect(targetIn(ran).complete).toBe(false)
    expect(fixed(ran)).toEqual([])
    expect(targetIn(ran).stillKnown).toMatchObject([{ code: 'layer-missing' }])
    const { stdout } = await regfsckHere(['scan', root, '--recheck-delay=0', `--state=${state}`])
    expect(stdout).toMatch(/STILL KNOWN {2}from earlier runs, and not checked this time: 1 finding\n {6}layer-missing/)
  })

  it('keeps the profiles of one registry apart', async () => {
    const { is, scan } = scene()
    is('layer')
    await scan('--profile=deep')
    expect(reported(await scan('--profile=fast'))).toEqual(['layer-missing first run'])
    expect(reported(await scan('--profile=deep'))).toEqual(['layer-missing still'])
  })

  it('says it in the table too', async () => {
    const { is, root, state } = scene()
    const table = async () => (await regfsckHere(['scan', root, '--recheck-delay=0', `--state=${state}`])).stdout
    is('child')
    expect(await table()).toMatch(/First seen \d{4}-\d\d-\d\dT/)
    is('layer')
    const text = await table()
    expect(text).toContain('New since the last run.')
    expect(text).toMatch(/FIXED {2}since the last run: 1 finding\n {6}index-child-missing {2}team\/app {2}sha256:/)
  })

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"schemaVersion":2,"memories":[]}',
    '{"schemaVersion":1,"memories":[{}]}',
    '\u0000',
  ])('sets a state aside that is none: %j', async (text) => {
    const { is, scan, state } = scene()
    is('layer')
    writeFileSync(state, text)
    const ran = await scan()
    expect([ran.code, reported(ran)]).toEqual([1, ['layer-missing first run']])
    expect(ran.stderr).toBe(
      `regfsck: --state: ${state} was not written by regfsck: set aside as ${state}.damaged; every finding counts as new\n`,
    )
    expect(readFileSync(`${state}.damaged`, 'utf8')).toBe(text)
    expect([reported(await scan()), (await scan()).stderr]).toEqual([['layer-missing still'], ''])
  })

  it('writes its state whole, for its owner only, and leaves nothing beside it', async () => {
    const { is, scan, state, root } = scene()
    is('layer')
    await scan()
    expect(statSync(state).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(root, '..')).sort()).toEqual(['lab', 'state.json'])
  })

  it.each([
    ['nowhere/state.json', /--state: cannot write .*ENOENT/],
    ['', /--state: .* is a directory/],
  ])('refuses the place %j before it looks', async (place, message) => {
    const { root, is } = scene()
    is()
    const ran = await regfsckHere(['scan', root, `--state=${join(scratch(), place)}`])
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([2, '', expect.stringMatching(message)])
  })

  it('remembers nothing where nobody asks for it', async () => {
    const { is, root, state } = scene()
    is('layer')
    const ran = await regfsckHere(['scan', root, '--recheck-delay=0', '--output=json'])
    expect(targetIn(ran).findings[0]).not.toHaveProperty('firstSeen')
    expect(existsSync(state)).toBe(false)
  })
})
