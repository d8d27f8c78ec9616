import { describe, expect, it } from 'vitest'
import { Lines } from '../../../src/references/lines.ts'
import { child, type Node, textOf } from '../../../src/references/yaml/node.ts'
import { parseYaml } from '../../../src/references/yaml/parse.ts'

describe('parseYaml', () => {
  it('reads several documents, and says where each text stands', () => {
    const text = 'a: 1\n---\nspec:\r\n  image: "app:1"   # the app\n'
    const [first, second] = parseYaml(text)
    expect(rootOf(first)).toMatchObject({ kind: 'map' })
    const image = child(rootOf(second), 'spec', 'image')
    expect(textOf(image)).toBe('app:1')
    expect(new Lines('f.yaml', text).at(image?.start ?? 0)).toEqual({ file: 'f.yaml', line: 4, column: 11 })
    expect(text.slice(image?.start, image?.end)).toBe('app:1')
  })

  it('reports a wrong document with its place, and reads the others', () => {
    const text = 'a: 1\n---\nb: [1, 2\n---\nc: 3\n'
    const read = parseYaml(text)
    expect(read.filter((document) => 'because' in document)).toHaveLength(1)
    expect(read.filter((document) => 'root' in document)).toHaveLength(2)
  })

  it('follows anchors and merges, and a key of the mapping itself wins', () => {
    const [document] = parseYaml('base: &b {image: app:1, user: me}\nweb:\n  image: app:2\n  <<: *b\n')
    expect(textOf(child(rootOf(document), 'web', 'image'))).toBe('app:2')
    expect(textOf(child(rootOf(document), 'web', 'user'))).toBe('me')
  })

  it('does not unfold a bomb', () => {
    const levels = 'bcdefghijklmnopqrstuvw'.split('').map((name, n) => {
      const before = n === 0 ? 'a' : 'bcdefghijklmnopqrstuvw'[n - 1]
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`
    })
    const [document] = parseYaml(`a: &a [x]\n${levels.join('\n')}\n`)
    expect(rootOf(document)?.kind).toBe('map')
  })

  it('refuses an alias that leads back to itself, and one without an anchor', () => {
    expect(parseYaml('a: &a [1, *a]\n')[0]).toMatchObject({ because: 'an alias that leads back to itself' })
    expect(parseYaml('a: *nothing\n')[0]).toMatchObject({ because: expect.stringContaining('nothing') })
  })

  it('distinguishes a number from a text, and keeps it as it is written', () => {
    const [document] = parseYaml('tag: 1.10\nname: "1.10"\nnone:\n')
    expect(child(rootOf(document), 'tag')).toMatchObject({ value: 1.1, text: '1.10' })
    expect(child(rootOf(document), 'name')).toMatchObject({ value: '1.10', text: '1.10' })
    expect(child(rootOf(document), 'none')).toMatchObject({ value: undefined })
  })
})

describe('the tags of an application', () => {
  it('are kept', () => {
    const [document] = parseYaml('ports: !reset []\nimage: !reset null\nbuild: !override {context: .}\nnone: !reset\n')
    for (const key of ['ports', 'image', 'none']) expect(child(rootOf(document), key)).toMatchObject({ tag: '!reset' })
    expect(child(rootOf(document), 'build')).toMatchObject({ kind: 'map', tag: '!override' })
  })

  it('are not those of YAML, which are followed', () => {
    const [document] = parseYaml('text: !!str 5\nnumber: 5\n')
    expect(child(rootOf(document), 'text')).toEqual(expect.objectContaining({ value: '5' }))
    expect(child(rootOf(document), 'text')).not.toHaveProperty('tag')
    expect(child(rootOf(document), 'number')).not.toHaveProperty('tag')
  })
})

function rootOf(document: ReturnType<typeof parseYaml>[number] | undefined): Node | undefined {
  return document !== undefined && 'root' in document ? document.root : undefined
}
