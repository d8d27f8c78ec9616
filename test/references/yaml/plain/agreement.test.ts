import { describe, expect, it } from 'vitest'
import { parseFully } from '../../../../src/references/yaml/full-parser.ts'
import type { Node } from '../../../../src/references/yaml/node.ts'
import { BlockReader } from '../../../../src/references/yaml/plain/block-reader.ts'
import { NotJson, readJson } from '../../../../src/references/yaml/plain/json-reader.ts'
import { UNUSUAL } from '../../../../src/references/yaml/plain/unusual.ts'
import { fc } from '../../../support/fast-check.ts'

/** What the plain reader finds, or nothing if it leaves the document to the full parser. */
function plainly(text: string): { readonly root: Node | undefined } | undefined {
  try {
    return { root: new BlockReader(text, 0, text.length).read() }
  } catch (error) {
    if (error !== UNUSUAL) throw error
    return undefined
  }
}

function fully(text: string): unknown {
  const documents = [...parseFully(text, { start: 0, end: text.length })]
  return documents.length === 0 ? { root: undefined } : documents.length === 1 ? documents[0] : documents
}

const PLAIN = fc.constantFrom(
  ...'app,1,1.10,0x1F,0o17,-3,+4,.5,5.,1e3,-.inf,.nan,true,False,null,~,Null,yes,500m,10.0.0.1,a b,a:b,http://x:80/y#z'.split(
    ',',
  ),
  ...[
    'registry.example.com/app:1.4',
    '-x',
    '?x',
    ':x',
    'a - b',
    "it's",
    'say "x"',
    'a#b',
    'x, y',
    'é',
    '😀',
    '<<',
    '=',
    '1_000',
    '...',
    '----',
    'x]',
    'a {b}',
    'tab\tin',
  ],
)
const QUOTED = fc.constantFrom(
  '""',
  "''",
  '"a"',
  "'a'",
  '"1"',
  "'it''s'",
  '"a\\nb"',
  '"\\u00e9 \\""',
  "'# no'",
  '"a: b"',
  "' x '",
  '"\\\\"',
  '"two\n        lines"',
  "'two\n\n        lines'",
  '"a\\\n        b"',
)
const FLOW = fc.constantFrom(
  '[]',
  '{}',
  '[a, b]',
  '["sh", "-c", \'x\']',
  '{cpu: 100m, memory: 1Gi}',
  '{"a":1}',
  '[ 1 ,2 ]',
  '{a: [b, {c: d}]}',
  '[a: b]',
  '{a}',
  '[a,]',
  '{a: }',
  '[,]',
  '[[1], []]',
  '{a: "}"}',
  '[http://x, a:b]',
  '{? a}',
  '[-1, - 2]',
  '[a #b]',
  '{1: 2, 1: 3}',
)
const BLOCK = fc.constantFrom(
  '|\n          a\n          b',
  '|-\n          a\n            b\n\n          c',
  '>-\n          a\n          b',
  '|+\n          a\n\n\n',
  '|\n',
  '|2\n          a',
  '| # c\n          a\n',
  '>\n          a\n\n          b\n',
  '|\n\n          a',
  '|\n            a\n          b',
  '|\n          \ta',
  '|\n          a\n        # c',
)
const FOLDED = fc.constantFrom(
  'one\n          two',
  'one\n\n          two',
  'one\n          two # c',
  'one # c\n          two',
  'one\n          two: x',
  'one\n          - two',
  'one\n  two',
  'one\n          # c\n          two',
  'one\n          two\n          # c',
)
const VALUE = fc.oneof({ weight: 6, arbitrary: PLAIN }, QUOTED, FLOW, BLOCK, FOLDED, fc.constant(''))
const KEY = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcdefgh'.split(''), 'image', 'app.kubernetes.io/name') },
  PLAIN,
  QUOTED,
)
const END = fc.oneof(
  { weight: 8, arbitrary: fc.constant('\n') },
  fc.constantFrom(' # c\n', '  \n', '\n\n', '\n# c\n', '\n   # c\n', '\r\n', '\n      # deep\n', ' #\n', '#c\n'),
)

interface Part {
  readonly key: string
  readonly value: string
  readonly end: string
  readonly below: readonly Part[]
  readonly style: number
}
const leaf: fc.Arbitrary<Part> = partOf(fc.constant([]))
const branch = partOf(fc.array(leaf, { maxLength: 3 }))
const part = partOf(fc.array(branch, { maxLength: 3 }))

function partOf(below: fc.Arbitrary<readonly Part[]>): fc.Arbitrary<Part> {
  return fc.record({ key: KEY, value: VALUE, end: END, below, style: fc.nat(11) })
}

const DOCUMENT = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => mapOf(parts, ''))

function mapOf(parts: readonly Part[], indent: string): string {
  return parts.map((one) => `${indent}${one.key}:${belowKey(one, indent)}`).join('')
}

function belowKey({ value, end, below, style }: Part, indent: string): string {
  if (below.length === 0) return ` ${value}${end}`
  if (style < 5) return `${end}${mapOf(below, `${indent}  `)}`
  const inner = style < 8 ? indent : `${indent}  `
  if (style === 11) return `${end}${below.map((one) => `${inner}-   ${one.value}${one.end}`).join('')}`
  return `${end}${below.map((one) => `${inner}- ${mapOf([one, ...one.below.slice(0, 1)], `${inner}  `).trimStart()}`).join('')}`
}

/** Texts that are put into documents to break them. */
const BREAKS = fc.constantFrom(
  ...' \n:-#\'"[]{}|>&*!,?%@`\t~a0',
  '\n  ',
  '\n- ',
  ': ',
  ' #',
  '\r\n',
  '...',
  '\n\n',
  '&a ',
  '*a',
  '!!str ',
  '? ',
  '- - ',
  '  ',
)
const CUT = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.oneof(BREAKS, fc.constant('')) })

function broken(text: string, cuts: readonly { at: number; remove: number; insert: string }[]): string {
  return cuts.reduce((whole, { at, remove, insert }) => {
    const place = at % (whole.length + 1)
    return whole.slice(0, place) + insert + whole.slice(place + remove)
  }, text)
}

function agree(text: string): boolean {
  const plain = plainly(text)
  if (plain === undefined) return false
  expect(fully(text), JSON.stringify(text)).toEqual(plain)
  return true
}

describe('the plain reader', () => {
  it('finds what the full parser finds, node for node, or leaves the document to it', () => {
    let read = 0
    fc.assert(
      fc.property(DOCUMENT, (text) => {
        if (isUsable(text) && agree(text)) read += 1
      }),
      { numRuns: 3000 },
    )
    expect(read).toBeGreaterThan(300)
  })

  it('does so for documents that were broken', () => {
    let read = 0
    fc.assert(
      fc.property(DOCUMENT, fc.array(CUT, { minLength: 1, maxLength: 3 }), (text, cuts) => {
        const wrong = broken(text, cuts)
        if (isUsable(wrong) && agree(wrong)) read += 1
      }),
      { numRuns: 4000 },
    )
    expect(read).toBeGreaterThan(200)
  })

  it.each([
    'a: 1\n',
    'a:\n- b\n- c: d\n  e: f\n',
    'a: |\n  x\nb: "1"\n',
    '- - a\n  - b\n-\n',
    'a:   # c\nb: 2',
    'a: one\n  two\nb: x\n',
  ])('reads %j itself', (text) => {
    expect(agree(text)).toBe(true)
  })

  it.each([
    'a: &x 1\n',
    'a: *x\n',
    'a: !!str 1\n',
    '? a\n: b\n',
    'a: [\n  b]\n',
    'a:\tb\n',
    'a: 1\na: 2\n',
    'text\n',
    '<<: {a: b}\n',
    'a: b: c\n',
    'a: |2\n   x\n',
  ])('leaves %j to the full parser', (text) => {
    expect(plainly(text)).toBeUndefined()
  })
})

describe('the reader of JSON', () => {
  it('finds what the full parser finds, node for node', () => {
    const spaces = fc.constantFrom(undefined, 1, 2, 4)
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), spaces, (value, indent) => {
        const text = JSON.stringify({ value }, null, indent)
        expect(fully(text)).toEqual({ root: readJson({ text, at: 0, end: text.length }) })
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '[1 2]',
    '["a',
    '{a: 1}',
    '[01]',
    '["\t"]',
    '["\\x"]',
    '[tru]',
    '{"a":1,"a":2}',
  ])('refuses %s', (text) => {
    expect(() => readJson({ text, at: 0, end: text.length })).toThrow(NotJson)
  })
})

/** The caller leaves directives and lonely returns to the full parser, and cuts at document markers. */
function isUsable(text: string): boolean {
  return !/^%|^---|\r(?!\n)/m.test(text)
}
