import { describe, expect, it } from 'vitest'
import { isRepositoryName, isTagName } from '../../src/oci/names.ts'
import { fc } from '../support/fast-check.ts'

describe('the name of a repository', () => {
  it.each(['app', 'team/app', 'a/b/c/d', '0', 'a.b', 'a_b', 'a__b', 'a-b', 'a---b', 'x/0a-1', 'a'.repeat(255)])(
    'may be %s',
    (name) => {
      expect(isRepositoryName(name)).toBe(true)
    },
  )

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'A',
    'a_',
    '_a',
    'a..b',
    'a___b',
    'a.-b',
    '-a',
    'a-',
    '..',
    'a/../b',
    'a b',
    'a\n',
    'a$(id)',
    'a;b',
    'é',
    '_layers',
    'a'.repeat(256),
  ])('may not be %j', (name) => {
    expect(isRepositoryName(name)).toBe(false)
  })

  it('holds nothing that a shell, a path or a URL would take for more than a name', () => {
    const unit = fc.constantFrom('a', 'A', '0', '.', '/', '-', '_', '$', "'", '"', ' ', '\n', '?', '#')
    const names = fc.sample(fc.string({ unit, maxLength: 6 }), 20_000).filter(isRepositoryName)
    expect(names.length).toBeGreaterThan(50)
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+([._/-]+[a-z0-9]+)*$/)
    expect(names.flatMap((name) => name.split('/'))).not.toContain('..')
  })

  it('is refused in no time, however it is made up', () => {
    const started = performance.now()
    for (const text of [`${'a-'.repeat(127)}!`, `${'a_'.repeat(127)}!`, `${'a/'.repeat(127)}!`, `${'-'.repeat(254)}!`])
      expect(isRepositoryName(text)).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('a tag', () => {
  it.each(['latest', 'v1.2.3', '_', '0', 'A-b.C_d', 'x'.repeat(128), `sha256-${'0'.repeat(64)}.sig`])(
    'may be %s',
    (tag) => {
      expect(isTagName(tag)).toBe(true)
    },
  )

  it.each(['', '.', '..', '.a', '-a', 'a/b', 'a b', 'a:b', 'a@b', 'a\n', 'a\u001b', 'é', 'x'.repeat(129)])(
    'may not be %j',
    (tag) => {
      expect(isTagName(tag)).toBe(false)
    },
  )
})
