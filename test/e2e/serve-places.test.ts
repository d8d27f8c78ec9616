import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'

const directory = scratch()
const whole = fixture('lawful-artifact')
symlinkSync('nowhere', join(directory, 'dangling'))
symlinkSync('circle', join(directory, 'circle'))
writeFileSync(join(directory, 'file'), '')

const started: Serving[] = []
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
})

/** A place where no directory of ours can be, and why. */
const IMPOSSIBLE = [
  [join(directory, 'dangling'), /it is a symbolic link to nowhere, which does not exist/],
  [join(directory, 'dangling/below'), /it is a symbolic link to nowhere, which does not exist/],
  [join(directory, 'circle'), /ELOOP/],
  [join(directory, 'file'), /it is not a directory/],
  [join(directory, 'file/below'), /not a directory|it is not a directory/],
  ['/proc/nope', /it is in proc, a kernel file system/],
  ['/proc/nope/below', /it is in proc, a kernel file system/],
  ['/proc', /it is in proc, a kernel file system/],
  ['/sys', /it is in sysfs, a kernel file system|EROFS/],
  ['/sys/nope', /it is in sysfs, a kernel file system|EROFS/],
  ['/dev/null', /it is not a directory/],
] as const

function configured(more: object): string {
  const file = join(directory, `${Math.random()}.yaml`)
  writeFileSync(file, JSON.stringify({ registries: [{ name: 'a', target: whole, ...more }] }))
  return file
}

function withState(state: string): string {
  const file = configured({})
  writeFileSync(file, JSON.stringify({ listen: '127.0.0.1:0', state, registries: [{ name: 'a', target: whole }] }))
  return file
}

// In processes of their own: what loops in here cannot be stopped by a test.
describe.concurrent('a directory that cannot be used is one sentence and exit code 2', { timeout: 120_000 }, () => {
  it.each(IMPOSSIBLE)('as `state` of serve: %s', async (state, why) => {
    const ran = await regfsck(['serve', '--config', withState(state)], { limit: 30_000 })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^regfsck: [^\n]*: state: cannot use [^\n]*\n$/)
    expect(ran.stderr).toMatch(why)
  })

  it.each(IMPOSSIBLE)('as --manifest-cache: %s', async (cache, why) => {
    const ran = await regfsck(['scan', '--manifest-cache', cache, whole], { limit: 30_000 })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^regfsck: --manifest-cache: cannot use [^\n]*\n$/)
    expect(ran.stderr).toMatch(why)
  })

  it.each([
    ['--state', '/proc/nope'],
    ['--state', '/sys/nope'],
    ['--textfile', '/proc/self'],
    ['--textfile', '/sys/kernel'],
    ['--textfile', join(directory, 'dangling')],
  ])('as %s of scan: %s', async (flag, place) => {
    const ran = await regfsck(['scan', flag, place, whole], { limit: 30_000 })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(new RegExp(`^regfsck: ${flag}: cannot write (?:to )?${place}: [^\n]+\n$`))
  })

  it.each([
    ['manifest-cache', '/proc/nope', /manifest-cache: cannot use \/proc: it is in proc/],
    ['manifest-cache', join(directory, 'dangling'), /manifest-cache: cannot use .*symbolic link/],
  ])('as %s of a registry: %s', async (key, place, why) => {
    const file = configured({ target: 'https://registry.example', [key]: place })
    for (const args of [
      ['config', 'check', file],
      ['serve', '--config', file],
    ]) {
      const ran = await regfsck(args, { limit: 30_000 })
      expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(why) })
      expect(ran.stderr.split('\n')).toHaveLength(2)
    }
  })

  it('as a configuration: a pipe or a device is not waited for', async () => {
    const fifo = join(directory, 'fifo')
    execFileSync('mkfifo', [fifo])
    expect(await regfsck(['serve', '--config', fifo], { limit: 30_000 })).toMatchObject({
      code: 2,
      stderr: `regfsck: --config: ${fifo} is a pipe, but serve reads it again after each change: expected a file\n`,
    })
    expect(await regfsck(['serve', '--config', '/dev/zero'], { limit: 30_000 })).toMatchObject({
      code: 2,
      stderr: 'regfsck: --config: cannot read /dev/zero: it is a device\n',
    })
  })
})

describe('a directory that can be used', () => {
  it('is made with those above it, for its owner only, and SIGTERM ends what uses it', {
    timeout: 60_000,
  }, async () => {
    const state = join(directory, 'new/below/known')
    const server = await serving(withState(state))
    started.push(server)
    await server.until('scan.finished')
    expect(await server.end()).toMatchObject({ code: 0 })
    expect(readdirSync(state).filter((name) => name.endsWith('.json'))).toHaveLength(1)
    expect(statSync(state).mode & 0o777).toBe(0o700)
  })

  it('may be behind a symbolic link, and hold what is no file', { timeout: 60_000 }, async () => {
    const state = join(directory, 'real')
    mkdirSync(state)
    symlinkSync('real', join(directory, 'link'))
    // Where what is known of the registry `a` would be.
    execFileSync('mkfifo', [join(state, `${createHash('sha256').update('a\n').digest('hex')}.json`)])
    const second = await serving(withState(join(directory, 'link')))
    started.push(second)
    expect(second.logged.find(({ event }) => event === 'state.failed')?.['problem']).toContain('is not a regular file')
    expect(await second.end()).toMatchObject({ code: 0 })
    expect(existsSync(join(directory, 'nowhere'))).toBe(false)
  })
})
