import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { reportIn, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const registry = fixture('lawful-artifact')

describe('a target that is no registry ends with 4 and a sentence', () => {
  const file = join(directory, 'file')
  writeFileSync(file, 'no registry')
  const empty = makeDirectory('empty')
  makeDirectory('other/blobs/sha256/ab')
  const pieces = makeDirectory('pieces/docker/registry/v1')
  const deep = join(directory, 'deep')
  storeImage(storagePaths(join(deep, '1/2/3/4/5')), 'app', image('app'))
  const dangling = join(directory, 'dangling')
  symlinkSync('nowhere', dangling)

  it.each([
    ['no such path', join(directory, 'nowhere'), /no such directory/],
    ['a path below a file', join(file, 'below'), /no such directory/],
    ['a symlink that leads nowhere', dangling, /no such directory/],
    ['an empty path', '', /no such directory/],
    ['a file', file, /is a file.*docker\/registry\/v2/],
    ['a device', '/dev/null', /is a file|is not a directory/],
    ['an empty directory', empty, /looked for docker\/registry\/v2/],
    ['a directory of other things', join(directory, 'other'), /looked for docker\/registry\/v2/],
    ['a layout of another version', pieces, /looked for docker\/registry\/v2/],
    ['a registry more than 4 levels below', deep, /up to 4 levels below/],
  ])('%s', async (_, path, sentence) => {
    const ran = await scan([path])
    expect(ran).toMatchObject({ code: 4, stderr: '' })
    expect(reportIn(ran).verdict).toBe('incomplete')
    expect(targetIn(ran)).toMatchObject({ target: path, complete: false, totals: null, findings: [] })
    expect(targetIn(ran).error).toMatch(sentence)
    if (path !== '') expect(targetIn(ran).error).toContain(path)
    const asTable = await regfsckHere(['scan', path])
    expect(asTable.stdout.replaceAll(/\s+/g, ' ')).toContain((targetIn(ran).error ?? '').replaceAll(/\s+/g, ' '))
  })
})

describe('the allowed twin', () => {
  it.each([
    ['a registry 4 levels below', () => join(directory, 'deep/1'), '5'],
    ['a root with slashes at its end', () => `${registry}//`, 'lawful-artifact'],
    ['docker/registry/v2 itself', () => join(registry, 'docker/registry/v2'), 'lawful-artifact'],
    ['docker/registry/v2 itself, with a slash', () => join(registry, 'docker/registry/v2/'), 'lawful-artifact'],
    ['a path with dots', () => `${directory}/empty/../deep/1/2/./3/4/5`, '5'],
  ])('%s is a registry', async (_, path, label) => {
    const ran = await scan([path()])
    expect(ran.code).toBe(0)
    expect(targetIn(ran)).toMatchObject({ registry: label, complete: true, totals: { repositories: 1 } })
  })
})

describe('several registries below one parent', () => {
  it('are each found, hidden directories too', async () => {
    const parent = makeDirectory('parent')
    for (const root of ['private', '.hidden', 'a/b/dockerhub'])
      storeImage(storagePaths(join(parent, root)), 'app', image('app'))
    const ran = await scan([parent])
    expect(ran.code).toBe(0)
    expect(reportIn(ran).targets.map((target) => [target.registry, target.target])).toEqual([
      ['.hidden', join(parent, '.hidden')],
      ['dockerhub', join(parent, 'a/b/dockerhub')],
      ['private', join(parent, 'private')],
    ])
  })

  it('are found where one of them is a symlink only if that is to be followed; else it is named', async () => {
    const parent = makeDirectory('linked')
    storeImage(storagePaths(join(parent, 'private')), 'app', image('app'))
    symlinkSync(registry, join(parent, 'elsewhere'))
    const followed = await scan([parent], '--follow-symlinks')
    expect(reportIn(followed).targets.map((target) => target.registry)).toEqual(['elsewhere', 'private'])
    const ran = await scan([parent])
    expect(reportIn(ran).targets.map((target) => target.registry)).toEqual(['private'])
    expect(targetIn(ran).unchecked).toEqual([
      expect.objectContaining({ path: join(parent, 'elsewhere'), because: 'SYMLINK' }),
    ])
    expect(ran.code).toBe(3)
  })

  it('do not make the search go round in a circle', async () => {
    const parent = makeDirectory('circle')
    storeImage(storagePaths(join(parent, 'private')), 'app', image('app'))
    symlinkSync('.', join(parent, 'self'))
    const ran = await scan([parent], '--follow-symlinks')
    expect([0, 2]).toContain(ran.code)
  })
})

describe('one name for two registries ends with 2 and says how to name them', () => {
  const twins = ['one/app', 'two/app'].map((root) => join(makeDirectory('twins'), root))
  for (const root of twins) storeImage(storagePaths(root), 'app', image('app'))

  it.each([
    ['two targets of one name', twins, []],
    ['one target twice', [registry, registry], []],
    ['two of one name below a parent', [join(directory, 'twins')], []],
    ['a missing target with the name of another', [registry, join(directory, 'nowhere/lawful-artifact')], []],
    ['--registry for several targets', [registry, twins[0] ?? ''], ['--registry', 'mine']],
    ['--registry for several registries of one parent', [fixture('two-registries-under-one-parent')], ['--registry=x']],
  ])('%s', async (_, targets, flags) => {
    const ran = await scan(targets, ...flags)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^regfsck: .*--registry NAME.*\n$/)
  })

  it('but one may be given another name', async () => {
    const ran = await scan([registry], '--registry', 'mine')
    expect(targetIn(ran)).toMatchObject({ registry: 'mine', target: registry })
  })
})

function makeDirectory(path: string): string {
  mkdirSync(join(directory, path), { recursive: true })
  return join(directory, path)
}

function scan(targets: readonly string[], ...flags: readonly string[]) {
  return regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', ...flags, ...targets])
}
