import { describe, expect, it } from 'vitest'
import { harmless, harmlessJson } from '../../src/report/escape.ts'
import { wrap } from '../../src/report/table/wrap.ts'

/** What GitHub, Azure and TeamCity take for a command. */
const COMMAND = /^\s*::|##\w*\[/m

describe('text from a registry is no command to a CI system', () => {
  it.each([
    '::stop-commands::x',
    'a ::set-output name=x::y',
    `${'x'.repeat(70)} ::error::y`,
    'x\u00a0::warning::y',
    '\u3000::debug::y',
    '##vso[task.setvariable variable=x]y',
    'a ##[error]b',
    "###teamcity[buildStatus text='x']",
    ':::add-mask::x',
  ])('%j', (text) => {
    for (const columns of [40, 80, 120]) expect(wrap(harmless(text), columns, '      ').join('\n')).not.toMatch(COMMAND)
    expect(harmless(text)).not.toMatch(COMMAND)
    expect(harmlessJson({ text }, 2)).not.toMatch(COMMAND)
    expect(JSON.parse(harmlessJson({ text }))).toEqual({ text })
  })

  it.each(['http://[::1]:5000/v2/', 'a:b::c', '# of layers', 'sha256:0123 ##', 'array[1]'])(
    '%s stays as it is',
    (text) => {
      expect(harmless(text)).toBe(text)
    },
  )
})
