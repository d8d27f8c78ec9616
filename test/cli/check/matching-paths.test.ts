import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFrom } from '../../../src/cli/check/from-files.ts'
import { matchingPaths } from '../../../src/cli/check/matching-paths.ts'
import { scratch } from '../../support/scratch.ts'

const home = scratch()
for (const stack of ['a', 'b', 'c']) {
  mkdirSync(join(home, stack))
  writeFileSync(join(home, stack, 'compose.yaml'), 'services: {web: {image: app}}\n')
}
// Behind a link that leads to itself nothing can be listed, not even by root.
symlinkSync('loop', join(home, 'loop'))

describe('a glob', () => {
  const glob = join(home, '*', 'compose.yaml')

  it('that may look into as many directories as it needs finds all', () => {
    const paths = ['a', 'b', 'c'].map((stack) => join(home, stack, 'compose.yaml'))
    expect(matchingPaths(glob, 4)).toEqual({ paths, unlisted: [] })
  })

  it('that would need more says so, and gives what it has found', () => {
    const { paths, unlisted } = matchingPaths(glob, 3)
    expect(paths).toHaveLength(2)
    expect(unlisted.map(({ path, error }) => [path, String(error)])).toEqual([
      [glob, 'Error: the pattern reaches more than 3 directories: name fewer'],
    ])
  })

  it('whose directory cannot be listed says why', () => {
    const { files, unreadable, notTaken } = readFrom([join(home, 'loop', '*.yaml')], false)
    expect([files, notTaken]).toEqual([[], []])
    expect(unreadable).toEqual([
      { place: { file: join(home, 'loop'), line: 1, column: 1 }, because: expect.stringContaining('ELOOP') },
    ])
  })

  it.each(['nowhere/*.yaml', 'a/compose.yaml/*', 'a/*.json'])('that matches nothing says so: %s', (path) => {
    expect(readFrom([join(home, path)], false).unreadable).toEqual([
      { place: { file: join(home, path), line: 1, column: 1 }, because: 'no file matches it' },
    ])
  })

  it('that finds all is silent', () => {
    const { files, unreadable } = readFrom([glob], false)
    expect(files).toHaveLength(3)
    expect(unreadable).toEqual([])
  })
})

describe('a glob and symbolic links', () => {
  const place = scratch()
  mkdirSync(join(place, 'releases/42'), { recursive: true })
  writeFileSync(join(place, 'releases/42/compose.yaml'), 'services: {web: {image: app}}\n')
  mkdirSync(join(place, 'stacks'))
  symlinkSync('../releases/42', join(place, 'stacks/current'))
  symlinkSync('nowhere', join(place, 'stacks/broken'))
  const found = (...parts: readonly string[]) => {
    const { files, unreadable } = readFrom([join(place, ...parts)], false)
    return {
      files: files.map(({ name }) => name),
      unreadable: unreadable.map(({ place, because }) => [place.file, because]),
    }
  }

  it('to directories: a star follows them', () => {
    const files = [join(place, 'stacks/current/compose.yaml')]
    expect(found('stacks/*/compose.yaml')).toEqual({ files, unreadable: [] })
    expect(found('*/current/compose.yaml')).toEqual({ files, unreadable: [] })
  })

  it('to directories: two stars do not, and it is said', () => {
    const link = join(place, 'stacks/current')
    const because = 'it is a symbolic link to a directory, which ** does not follow: name it too'
    expect(found('stacks/**/*.yaml')).toEqual({ files: [], unreadable: [[link, because]] })
    const files = [join(place, 'releases/42/compose.yaml')]
    expect(found('**/compose.yaml')).toEqual({ files, unreadable: [[link, because]] })
    expect(found('releases/**/*.yaml')).toEqual({ files, unreadable: [] })
  })

  it('that lead back up end', () => {
    const up = scratch()
    mkdirSync(join(up, 'a'))
    symlinkSync('..', join(up, 'a/up'))
    writeFileSync(join(up, 'a/compose.yaml'), 'services: {web: {image: app}}\n')
    expect(matchingPaths(join(up, '*/*/*/*.yaml')).paths).toEqual([join(up, 'a/up/a/compose.yaml')])
    expect(matchingPaths(join(up, '**/*.yaml')).paths).toEqual([join(up, 'a/compose.yaml')])
  })
})

describe('a mounted ConfigMap, whose files are links into a hidden directory', () => {
  const mount = join(scratch(), 'mount')
  mkdirSync(join(mount, '..2026_11_20'), { recursive: true })
  symlinkSync('..2026_11_20', join(mount, '..data'))
  for (const name of ['web.yaml', 'db.yaml']) {
    writeFileSync(join(mount, '..2026_11_20', name), `services: {${name.slice(0, -5)}: {image: app}}\n`)
    symlinkSync(`..data/${name}`, join(mount, name))
  }
  const both = ['db.yaml', 'web.yaml'].map((name) => join(mount, name))

  it.each([
    ['as a directory', mount],
    ['by *.yaml', join(mount, '*.yaml')],
    ['by *', join(mount, '*')],
    ['by **', join(mount, '**/*.yaml')],
    ['by a star for the mount', `${mount.replace(/[^/]+$/, '*')}/{web,db}.yaml`],
  ])('has each file read exactly once, %s', (_, path) => {
    const { files, unreadable, notTaken } = readFrom([path], true)
    expect(files.map(({ name }) => name).filter((name) => name.startsWith(mount))).toEqual(both)
    expect([unreadable, notTaken]).toEqual([[], []])
  })

  it('has each file read once where a glob and its directory are both named', () => {
    const names = (paths: readonly string[]) => readFrom(paths, true).files.map(({ name }) => name)
    expect(names([mount, join(mount, '*.yaml'), `${mount}/`])).toEqual(both)
    expect(names([join(mount, '*.yaml'), join(mount, 'db.yaml')]).sort()).toEqual(both)
  })

  it('has a file read as often as it is named, because compose merges files in their order', () => {
    const [path = ''] = both
    expect(readFrom([path, path], true).files).toHaveLength(2)
  })
})
