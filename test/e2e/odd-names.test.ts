import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { removeWhole, storeManifest, write } from '../support/builders/faults/damage-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { describedBy, digestOf, image, index, json } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const app = image('app')
const FORMATS = ['json', 'ndjson', 'table'] as const
/** Controls, and what turns, hides or breaks a line; only the line feed and what colours are made of may be printed. */
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/u

const NAMES = {
  'an escape sequence': 'red\u001b[31m',
  'a bell': 'ring\u0007',
  'a line feed': 'two\nlines',
  'a carriage return': 'over\rwritten',
  'a C1 control': 'one\u009b31m',
  'a right-to-left mark': 'gnp\u202e.exe',
  'an isolate': 'in\u2066side',
  'a zero-width space': 'no\u200bspace',
  'a line separator': 'two\u2028lines',
  'a byte order mark': '\ufeffmark',
  'a space': 'a space',
  capitals: 'Capitals',
  'another script': 'имя',
} as const

describe.each(Object.entries(NAMES).map(([what, name]) => ({ what, name })))('a name with $what', ({ what, name }) => {
  const root = join(directory, what.replaceAll(' ', '-'))
  const at = storagePaths(root)
  storeImage(at, 'app', app)
  storeImage(at, name, app)
  write(at.tagLink('app', `${name}+`), app.descriptor.digest)

  it('is said of a repository and of a tag, and is no damage', async () => {
    const target = targetIn(await scan(root))
    expect(target.findings).toEqual([])
    expect(target.tags).toEqual([{ ...intactTag, digest: app.descriptor.digest }])
    expect(target.unchecked.map(({ because }) => because)).toEqual(['STORE_MALFORMED', 'STORE_MALFORMED'])
    expect(target.unchecked.map(({ path }) => path).sort()).toEqual(
      [at.repository(name), at.tag('app', `${name}+`)].sort(),
    )
  })

  it.each(FORMATS)('is harmless as %s, and can be reported', async (format) => {
    const ran = await scan(root, format)
    expect(ran.code).toBe(3)
    expect(ran.stdout).not.toMatch(HARMFUL)
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toContain(name.replaceAll(/[^ -~]/gu, '').slice(-3) || JSON.stringify(name).slice(1, -1))
  })
})

describe('a name that is not UTF-8', () => {
  const root = join(directory, 'latin1')
  const at = storagePaths(root)
  storeImage(at, 'app', app)
  for (const above of [at.repositories, join(at.repository('app'), '_manifests/tags')])
    mkdirSync(Buffer.from(join(above, 'caf\u00e9'), 'latin1'))
  const blobs = join(at.blobs, 'sha256')
  mkdirSync(Buffer.from(join(blobs, '\u00e9\u00e9'), 'latin1'))

  it('is reported by its bytes, and is no damage', async () => {
    const target = targetIn(await scan(root))
    expect(target.findings).toEqual([])
    expect(target.unchecked.map(({ path }) => path?.replace(/.*\//, '')).sort()).toEqual([
      '\\xe9\\xe9',
      'caf\\xe9',
      'caf\\xe9',
    ])
    expect(new Set(target.unchecked.map(({ because }) => because))).toEqual(new Set(['STORE_MALFORMED']))
  })

  it.each(FORMATS)('is harmless as %s', async (format) => {
    expect((await scan(root, format)).stdout).not.toMatch(HARMFUL)
  })
})

describe('a registry in a directory of a harmful name', () => {
  const parent = join(directory, 'parent')
  for (const [what, name] of Object.entries(NAMES).slice(0, 8)) {
    const at = storagePaths(join(parent, name))
    storeImage(at, 'app', app)
    if (what === 'a bell') removeWhole(at.data(app.descriptor.digest))
  }

  it.each(FORMATS)('is harmless as %s', async (format) => {
    const ran = await scan(parent, format)
    expect(ran.code).toBe(1)
    expect(ran.stdout).not.toMatch(HARMFUL)
  })

  it('is harmless in what is said where two would have one name', async () => {
    const twice = join(directory, 'twice')
    for (const above of ['a', 'b']) storeImage(storagePaths(join(twice, above, 'red\u001b[31m\n')), 'app', app)
    const ran = await scan(twice)
    expect(ran.code).toBe(2)
    expect(ran.stderr).not.toMatch(HARMFUL)
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('is harmless in what is said of a path that is not there', async () => {
    const ran = await scan(join(directory, 'red\u001b[31m'), 'table')
    expect(ran.code).toBe(4)
    expect(ran.stdout + ran.stderr).not.toMatch(HARMFUL)
  })
})

describe('text in the documents of a registry', () => {
  const root = join(directory, 'documents')
  const at = storagePaths(root)
  const evil = '\u001b[2J\u202e\n\u0007'
  const hidden = describedBy(image('hidden'), { platform: { os: `li${evil}nux`, architecture: `${evil}64` } })
  storeImage(at, 'app', app)
  storeManifest(at, 'app', index([hidden], { fields: { annotations: { [evil]: evil } } }).bytes, 'platform')
  const refused = json({ schemaVersion: 2, mediaType: `application/${evil}`, config: {}, layers: [] })
  storeManifest(at, 'app', refused, 'media-type')
  write(at.tagLink('app', 'garbage'), `sha256:${evil}`)
  write(at.layerLink('app', digestOf(Buffer.from(evil))), evil)

  it('is reported as evidence of damage', async () => {
    const target = targetIn(await scan(root))
    expect(target.findings.map(({ code }) => code).sort()).toEqual([
      'index-child-missing',
      'link-invalid',
      'manifest-damaged',
      'tag-dangling',
    ])
  })

  it.each(FORMATS)('is harmless as %s', async (format) => {
    expect((await scan(root, format)).stdout).not.toMatch(HARMFUL)
  })
})

describe('a directory whose name would be a command to a shell', () => {
  it('is one word in every command that a repair gives', async () => {
    const canary = join(directory, 'canary')
    const name = `it's $(touch ${canary.replaceAll('/', '\u2215')}); touch canary; "`
    const at = storagePaths(join(directory, name))
    storeImage(at, 'app', app)
    write(at.tagLink('app', 'latest'), '')
    writeFileSync(at.data(app.layers[0]?.descriptor.digest ?? ''), '')
    removeWhole(at.layerLink('app', app.config.descriptor.digest))
    const { findings } = targetIn(await scan(join(directory, name)))
    const commands = findings.flatMap((finding) => Object(finding).repair.commands as string[])
    expect(commands.some((command) => command.includes('touch canary'))).toBe(true)
    for (const command of commands) execFileSync('sh', ['-c', `${HARMLESS_SHELL}\n${command} || :`], { cwd: directory })
    expect(execFileSync('ls', [directory]).toString()).not.toMatch(/^canary$/m)
  })
})

/** Every command that a repair may name, doing nothing. */
const HARMLESS_SHELL = ['cat', 'curl', 'mkdir', 'mv', 'regfsck', 'rm', 'sed', 'sh', 'sha256sum', 'skopeo', 'tr']
  .map((command) => `${command}() { :; }`)
  .join('\n')

const intactTag = { repository: 'app', tag: 'latest', verdict: 'intact', findings: [] }

function scan(target: string, format: string = 'json'): Promise<Ran> {
  return regfsckHere(['scan', '--output', format, '--recheck-delay', '0', '--all-tags', target])
}
