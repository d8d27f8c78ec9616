import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { BIN, type Ran, regfsck, reportIn, scanJson } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const clean = fixture('lawful-nested-repositories')
const warned = fixture('orphan-revision-link')
const damaged = fixture('layer-blob-missing')
const unchecked = fixture('layer-is-a-symlink')
const skipped = fixture('layer-digest-algorithm-unknown')
const unmounted = fixture('not-mounted-blobs-empty')
const missing = join(directory, 'nowhere')
const undelivered = ['--output', `ndjson=${join(directory, 'nowhere/report')}`]
const never = ['--fail-on', 'never']
const onWarning = ['--fail-on', 'warning']

describe('the exit code and the verdict', () => {
  it.each([
    ['all whole', [clean], [], 0, 'clean'],
    ['several, all whole', [clean, fixture('lawful-artifact')], [], 0, 'clean'],
    ['a warning only', [warned], [], 0, 'clean'],
    ['a warning that is to fail', [warned], onWarning, 1, 'clean'],
    ['something skipped is looked at enough', [skipped], [], 0, 'clean'],
    ['damage', [damaged], [], 1, 'damaged'],
    ['damage that is not to fail', [damaged], never, 0, 'damaged'],
    ['damage in one of several', [clean, damaged], [], 1, 'damaged'],
    ['something unchecked', [unchecked], [], 3, 'incomplete'],
    ['something unchecked in one of several', [clean, unchecked], [], 3, 'incomplete'],
    ['a target that cannot be read', [missing], [], 4, 'incomplete'],
    ['a target that is not mounted', [unmounted], [], 4, 'incomplete'],
    ['several that cannot be read', [missing, unmounted], [], 4, 'incomplete'],
    ['one of several that cannot be read', [clean, missing], [], 3, 'incomplete'],
    ['one that cannot be read before the others', [missing, clean], [], 3, 'incomplete'],
    ['damage before what is unchecked', [damaged, unchecked], [], 1, 'damaged'],
    ['damage before what cannot be read', [missing, damaged], [], 1, 'damaged'],
    ['damage that is not to fail, beside what is unchecked', [damaged, unchecked], never, 3, 'damaged'],
    ['damage that is not to fail, beside what cannot be read', [damaged, missing], never, 3, 'damaged'],
    ['a result that cannot be delivered', [clean], undelivered, 5, 'clean'],
    ['the same before damage', [damaged], undelivered, 5, 'damaged'],
    ['the same before a target that cannot be read', [missing], undelivered, 5, 'incomplete'],
    ['bad usage before all of that', [damaged, missing], [...undelivered, '--depth=deep'], 2, undefined],
    ['two of one name before all of that', [damaged, damaged], undelivered, 2, undefined],
  ])('%s', async (_, targets, flags, code, verdict) => {
    const ran = await scan(targets, flags)
    expect(ran.code).toBe(code)
    if (verdict === undefined) expect(ran.stdout).toBe('')
    else expect(reportIn(ran).verdict).toBe(verdict)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s comes before damage and what could not be delivered', async (signal, code) => {
    const ran = await scan([damaged, clean], undelivered, AbortSignal.abort(signal))
    expect(ran.code).toBe(code)
    expect(reportIn(ran).verdict).not.toBe('clean')
    for (const target of reportIn(ran).targets) expect(target.complete).toBe(false)
  })
})

describe('the process ends with', () => {
  it.each([
    [0, [clean]],
    [1, [damaged]],
    [2, [clean, '--depth=deep']],
    [3, [unchecked]],
    [4, [missing]],
    [5, [clean, `--output=json=${missing}/report`]],
  ])('%i', async (code, args) => {
    expect((await scanJson([], args)).code).toBe(code)
  })

  it('what was found, where whoever reads stdout has gone', async () => {
    for (const [target, code] of [
      [clean, 0],
      [damaged, 1],
    ] as const) {
      const ran = await throughShell('"$@" | true; exit $PIPESTATUS', target)
      expect(ran).toMatchObject({ code, stderr: '' })
    }
  })

  it('5 and a sentence where stdout is on a full disk', async () => {
    for (const target of [clean, damaged]) {
      const { code, stderr } = await throughShell('"$@" > /dev/full', target)
      expect(stderr).toMatch(/^regfsck: [^\n]*ENOSPC[^\n]*\n$/)
      expect(code).toBe(5)
    }
  })
})

describe('a run over more registries than ten', () => {
  it('has nothing to say on stderr', async () => {
    const parent = join(directory, 'parent')
    for (let n = 0; n < 12; n++) storeImage(storagePaths(join(parent, `registry-${n}`)), 'app', image('app'))
    expect(await scanJson([parent])).toMatchObject({ code: 0, stderr: '' })
  })
})

function scan(targets: readonly string[], flags: readonly string[], signal?: AbortSignal): Promise<Ran> {
  const args = ['scan', '--output', 'json', '--recheck-delay', '0', ...flags, ...targets]
  return regfsckHere(args, signal ? { signal } : {})
}

/** @param script what is done with the command and its arguments, `$@` */
function throughShell(script: string, target: string): Promise<Ran> {
  return regfsck(['scan', '--recheck-delay', '0', target], { under: ['bash', '-c', script, BIN] })
}
