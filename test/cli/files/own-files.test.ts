import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { copyOfFixture } from '../../support/builders/fixtures.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { fingerprint } from '../../support/fingerprint.ts'
import { scratch } from '../../support/scratch.ts'

vi.mock(import('../../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()

function scene() {
  const home = mkdtempSync(join(directory, 'scene-'))
  const root = copyOfFixture('lawful-artifact', join(home, 'lab'))
  return { home, root, blobs: join(root, 'docker/registry/v2/blobs/sha256') }
}

function scan(...args: readonly string[]) {
  return regfsckHere(['scan', '--recheck-delay', '0', ...args])
}

describe('a place inside a registry is refused before anything is written', () => {
  it.each([
    ['--output', (root: string) => `json=${root}/report.json`],
    ['--output', (root: string) => `json=${root}/docker/registry/v2/blobs/x`],
    ['--state', (root: string) => `${root}/state.json`],
    ['--textfile', (root: string) => root],
    ['--manifest-cache', (root: string) => `${root}/new/cache`],
    ['--state', (root: string) => `${root}/../lab/docker/state.json`],
  ])('%s, place %#', async (flag, place) => {
    const { root } = scene()
    const before = fingerprint(root)
    const ran = await scan(`${flag}=${place(root)}`, root)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(new RegExp(`^regfsck: ${flag}: .* is inside the registry's storage at .*\n$`))
    expect(fingerprint(root)).toEqual(before)
  })

  it('also through a symbolic link, from a parent, and for another registry than the one that is scanned', async () => {
    const { home, root, blobs } = scene()
    const before = fingerprint(root)
    symlinkSync(join(blobs, 'report'), join(home, 'link'))
    symlinkSync(root, join(home, 'alias'))
    const other = scene().root
    expect((await scan(`--output=json=${home}/link`, root)).code).toBe(2)
    expect((await scan(`--state=${home}/alias/state.json`, root)).code).toBe(2)
    expect((await scan(`--state=${root}/state.json`, home)).code).toBe(2)
    expect((await scan(`--output=json=${blobs}/x`, other)).code).toBe(2)
    expect((await regfsckHere(['check', `--output=json=${blobs}/x`, 'http://127.0.0.1:1/app:v1'])).code).toBe(2)
    expect(fingerprint(root)).toEqual(before)
  })

  it('in a configuration of serve too, and config check makes nothing', async () => {
    const { home, root } = scene()
    const file = join(home, 'regfsck.yaml')
    writeFileSync(file, `state: lab/state\nregistries:\n  - {name: a, target: ./lab}\n`)
    const ran = await regfsckHere(['config', 'check', file])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain("is inside the registry's storage")
    expect(existsSync(join(root, 'state'))).toBe(false)
  })

  it('but not beside it', async () => {
    const { home, root } = scene()
    mkdirSync(join(home, 'metrics'))
    const flags = [`--output=json=${home}/report.json`, `--state=${home}/state.json`, `--textfile=${home}/metrics`]
    expect(await scan(...flags, home)).toMatchObject({ code: 0, stderr: '' })
    expect(await scan(...flags, root)).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('a file of ours', () => {
  it('is written through a symbolic link, which stays', async () => {
    const { home, root } = scene()
    for (const name of ['state.json', 'report.json']) symlinkSync(`real-${name}`, join(home, name))
    const flags = [`--output=json=${home}/report.json`, `--state=${home}/state.json`]
    for (let n = 0; n < 2; n++) expect(await scan(...flags, root)).toMatchObject({ code: 0, stderr: '' })
    expect(readlinkSync(join(home, 'state.json'))).toBe('real-state.json')
    expect(JSON.parse(readFileSync(join(home, 'real-report.json'), 'utf8'))).toMatchObject({ verdict: 'clean' })
    expect(JSON.parse(readFileSync(join(home, 'real-state.json'), 'utf8'))).toMatchObject({ schemaVersion: 1 })
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('as a state is a regular file: a FIFO or a device is refused and not waited for', async () => {
    const { home, root } = scene()
    execFileSync('mkfifo', [join(home, 'fifo')])
    for (const [path, kind] of [
      [join(home, 'fifo'), 'a FIFO'],
      ['/dev/null', 'a device'],
      [home, 'a directory'],
    ])
      expect(await scan(`--state=${path}`, root)).toMatchObject({
        code: 2,
        stderr: `regfsck: --state: ${path} is ${kind}: expected a file\n`,
      })
  })

  it('as a report stays as it was where the new one does not fit', async () => {
    const { home, root } = scene()
    const file = join(home, 'report.json')
    writeFileSync(file, 'old')
    const { regfsck, BIN } = await import('../../support/command/run.ts')
    const limited = ['bash', '-c', 'ulimit -f 1; exec "$@"', 'bash']
    const ran = await regfsck(['scan', '--all-tags', `--output=json=${file}`, root], { under: limited })
    expect(BIN).toContain('bin.js')
    expect(ran.code).toBe(5)
    expect(ran.stderr).toMatch(/^regfsck: cannot write .*EFBIG.*\n$/)
    expect(readFileSync(file, 'utf8')).toBe('old')
  })
})
