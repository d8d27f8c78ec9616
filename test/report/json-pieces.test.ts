import { expect, it } from 'vitest'
import { jsonPieces } from '../../src/report/json/json-pieces.ts'

const finding = (n: number) => ({ id: `${n}`, message: 'a\n"b" {', tags: ['latest'], parents: [], digest: undefined })
const document = (many: number) => ({
  schemaVersion: 1,
  tool: { name: 'regfsck', nothing: undefined },
  targets: [
    { target: '/srv', totals: null, tags: [], findings: Array.from({ length: many }, (_, n) => finding(n)) },
    { target: 'b', totals: { tags: { intact: 1 }, all: [{ a: 1 }] }, tags: [finding(0)], findings: [], empty: {} },
  ],
})

it.each([
  ['a document without targets', { targets: [], tool: {} }],
  ['a document', document(3)],
  ['as many findings as a piece holds', document(500)],
  ['one finding more', document(501)],
  ['a number', 1],
  ['a text', 'a\nb'],
  ['nothing', null],
])('in pieces, %s is the same text', (_, value) => {
  expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, undefined, 2))
})

it('no piece holds all of many findings', () => {
  const pieces = [...jsonPieces(document(5000))]
  const all = pieces.join('').length
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(all / 9)
})
