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
