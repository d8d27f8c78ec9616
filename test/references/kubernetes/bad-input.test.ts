import { describe, expect, it } from 'vitest'
import { pod, readText, usesIn } from './read.ts'

describe('hostile files', () => {
  it('cannot unfold aliases: each object of a list is read once', () => {
    const levels = 'bcdefghijklmnopqrstuvw'.split('').map((name, n) => {
      const before = n === 0 ? 'a' : 'bcdefghijklmnopqrstuvw'[n - 1]
      return `${name}: &${name} {apiVersion: v1, kind: List, items: [${Array(9).fill(`*${before}`).join(', ')}]}`
    })
    const first = 'a: &a {apiVersion: v1, kind: Pod, spec: {containers: [{name: app, image: "app:1"}]}}'
    const text = `${first}\n${levels.join('\n')}\napiVersion: v1\nkind: List\nitems: [*w]\n`
    expect(usesIn(text)).toEqual(['app:1 <- Pod, container app'])
  })

  it('cannot unfold aliases in a custom resource', () => {
    const levels = 'bcdefghijklmnopqrstuvw'.split('').map((name, n) => {
      const before = n === 0 ? 'a' : 'bcdefghijklmnopqrstuvw'[n - 1]
      return `  ${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`
    })
    const text = `apiVersion: example.com/v1\nkind: Thing\nspec:\n  a: &a {image: "app:1"}\n${levels.join('\n')}\n`
    expect(usesIn(text)).toEqual(['app:1 <- Thing, spec.a.image'])
  })

  it('may not lead back to themselves', () => {
    expect(readText('apiVersion: v1\nkind: Pod\nspec: &s\n  containers: [*s]\n').unreadable).toMatchObject([
      { because: 'an alias that leads back to itself', place: { line: 4 } },
    ])
  })

  it('may not name endless images with a few aliases', () => {
    const containers = Array.from({ length: 720 }, () => '*c').join(', ')
    const objects = Array.from({ length: 720 }, () => '  - {kind: Pod, spec: *s}').join('\n')
    const text = `c: &c {image: "app:1"}\ns: &s {containers: [${containers}]}\nkind: List\nitems:\n${objects}\n`
    const read = readText(text)
    expect(read.unreadable).toMatchObject([{ because: 'it names more than 500,000 images' }])
  })

  it.each([
    ['lists', '['.repeat(100_000)],
    ['mappings', '{a: '.repeat(100_000)],
    ['JSON', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['block lists', `${'- '.repeat(1000)}a\n`],
  ])('may not be nested without end: %s', (_, text) => {
    expect(readText(`${text}\n---\n${pod('app:1')}`)).toMatchObject({
      unreadable: [{ place: { line: 1 } }],
      images: [{ image: 'app:1' }],
    })
  })

  it('of JSON that is cut off say so, and what comes before is read', () => {
    const text = `${JSON.stringify({ kind: 'Pod', spec: { containers: [{ name: 'app', image: 'app:1' }] } })}\n{"kind": "Po`
    expect(readText(text)).toMatchObject({
      images: [{ image: 'app:1' }],
      unreadable: [{ because: 'invalid JSON: a quotation mark is never closed', place: { line: 2, column: 10 } }],
    })
  })

  it('are refused if they are large and need the slow parser, but a large plain one is read', () => {
    const large = `apiVersion: v1\nkind: ConfigMap\ndata:\n  text: |\n${`    ${'x'.repeat(100)}\n`.repeat(170_000)}`
    expect(readText(`${large}---\n${pod('app:1')}`)).toMatchObject({ unreadable: [], images: [{ image: 'app:1' }] })
    expect(readText(`${large}  anchor: &a b\n---\n${pod('app:1')}`)).toMatchObject({
      unreadable: [{ because: 'a document of more than 16 MiB that is not plain YAML' }],
      images: [{ image: 'app:1' }],
    })
  })

  it('do not put what they hold into messages', () => {
    const secret = 'apiVersion: v1\nkind: Secret\ndata:\n  .dockerconfigjson: c2VjcmV0\n'
    for (const wrong of [
      `${secret} c2VjcmV0: x\n`,
      `${secret}}} c2VjcmV0\n`,
      `${secret}- "c2VjcmV0" c2VjcmV0\n`,
      `${secret}x: |c2VjcmV0\n`,
    ]) {
      const { unreadable } = readText(wrong)
      expect(unreadable).not.toEqual([])
      expect(JSON.stringify(unreadable)).not.toContain('c2VjcmV0')
    }
  })

  it('with a key twice are not guessed at', () => {
    expect(readText(`${pod('app:1')}      image: app:2\n`).unreadable).toMatchObject([
      { because: 'the key "image" is there twice', place: { line: 9, column: 7 } },
    ])
  })
})

describe('harmless files', () => {
  it('may be empty, or comments alone', () => {
    for (const text of ['', '\n', '# Source: a.yaml\n', '---\n---\n', '---\n# Source: a\n---\n'])
      expect(readText(text)).toMatchObject({ objects: 0, images: [], unreadable: [], unknown: [] })
  })
})
