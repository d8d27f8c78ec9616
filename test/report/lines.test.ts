import { describe, expect, it } from 'vitest'
import { colorsFor } from '../../src/report/table/layout.ts'
import { wrap } from '../../src/report/table/wrap.ts'
import { count, some } from '../../src/report/text/counts.ts'
import { fc } from '../support/fast-check.ts'

describe('wrapped text', () => {
  it('breaks at spaces, and begins with the given indentation', () => {
    expect(wrap('one two three four', 10, '  ')).toEqual(['  one two', '  three', '  four'])
    expect(wrap('one two three', 10, '    ', '- ')).toEqual(['- one two', '    three'])
    expect(wrap('exactly ten', 11, '')).toEqual(['exactly ten'])
    expect(wrap('exactly ten', 10, '')).toEqual(['exactly', 'ten'])
  })

  it('loses no word, and lets no line of several words be too long', () => {
    const word = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'é', '日', '/') })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (words, columns) => {
        const lines = wrap(words.join(' '), columns, '  ')
        expect(lines.map((line) => line.slice(2)).join(' ')).toBe(words.join(' '))
        for (const line of lines) expect(line.length <= columns || !line.slice(2).includes(' ')).toBe(true)
      }),
    )
  })

  it('counts colours for nothing', () => {
    const { red } = colorsFor(true)
    expect(wrap(`${red('one')} two`, 7, '')).toEqual([`${red('one')} two`])
  })
})

describe('some of a list', () => {
  it.each([
    [['a'], 2, 'a'],
    [['a', 'b'], 2, 'a, b'],
    [['a', 'b', 'c'], 2, 'a, b and 1 more'],
    [[], 2, ''],
  ])('%j is, with at most %i, "%s"', (items, most, text) => {
    expect(some(items, most)).toBe(text)
  })
})

describe('a count', () => {
  it('agrees with its noun', () => {
    expect([count(0, 'tag'), count(1, 'tag'), count(2, 'tag')]).toEqual(['0 tags', '1 tag', '2 tags'])
    expect([count(1, 'repository', 'repositories'), count(2, 'repository', 'repositories')]).toEqual([
      '1 repository',
      '2 repositories',
    ])
  })
})

describe('colors', () => {
  it('leave text alone where they are off, and end after the text where they are on', () => {
    const [off, on] = [colorsFor(false), colorsFor(true)]
    for (const name of ['bold', 'dim', 'red', 'yellow', 'green'] as const) {
      expect(off[name]('x')).toBe('x')
      expect(on[name]('x')).toMatch(/^\u001b\[\d+mx\u001b\[\d+m$/)
    }
  })
})
