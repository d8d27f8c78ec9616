import { describe, expect, it } from 'vitest'
import { harmless, harmlessJson } from '../../src/report/escape.ts'
import { fc } from '../support/fast-check.ts'

/** Controls, line separators, and what turns the direction of text. */
const HARM = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u
const anyText = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n)),
    fc.integer({ min: 0, max: 0xa0 }).map((n) => String.fromCharCode(n)),
  ),
})

describe('harmless text', () => {
  it('carries no control character, whatever came in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(harmless(text)).not.toMatch(HARM)
      }),
      { numRuns: 2000 },
    )
  })

  it('has an escape for every single control character and mark that turns or hides text', () => {
    const harmful = Array.from({ length: 0x10000 }, (_, n) => String.fromCharCode(n)).filter((character) =>
      /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b-\u200d\u2060-\u2064\ufeff]/u.test(character),
    )
    expect(harmful.length).toBeGreaterThan(75)
    for (const character of harmful)
      expect(harmless(character)).toBe(`\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  })

  it.each(['team/app:v1.2', 'naïve café', '日本語', '🐳 a', 'a\\u0000b', '"quoted" \'too\'', ' x  y '])(
    'leaves %s as it is',
    (text) => {
      expect(harmless(text)).toBe(text)
    },
  )

  it('shows what an attacker would have hidden', () => {
    expect(harmless('ok\u001b[2K\rfake\n\u202etxt.exe')).toBe('ok\\u001b[2K\\u000dfake\\u000a\\u202etxt.exe')
  })
})

describe('harmless JSON', () => {
  const anyJson = fc.jsonValue({ stringUnit: 'binary' })
  const parts = fc.dictionary(
    anyText,
    fc.oneof(anyText, fc.array(anyText), fc.double({ noNaN: true, noDefaultInfinity: true })),
  )

  it('carries no control character on its one line, whatever the value', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, parts), (value) => {
        expect(harmlessJson(value)).not.toMatch(HARM)
      }),
      { numRuns: 1000 },
    )
  })

  it('carries none but its own line breaks where it is indented', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, parts), (value) => {
        expect(harmlessJson(value, 2).replaceAll('\n', '')).not.toMatch(HARM)
      }),
      { numRuns: 1000 },
    )
  })

  it('says the same as the plain JSON of the value', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, parts), fc.constantFrom(undefined, 2), (value, indent) => {
        expect(JSON.parse(harmlessJson(value, indent))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 1000 },
    )
  })
})
