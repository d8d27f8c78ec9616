import { describe, expect, it } from 'vitest'
import { imagesOf, readFiles, unknownIn, unreadableIn } from './files.ts'

const read = (text: string) => readFiles({ 'compose.yaml': text })

describe('a compose file that cannot be used', () => {
  it.each([
    ['empty', '', 'compose.yaml:1:1: it is empty'],
    ['only comments', '# nothing\n', 'compose.yaml:1:1: it is empty'],
    ['a text', 'hello\n', 'compose.yaml:1:1: not a compose file: its top level is not a mapping'],
    ['a list', '- a\n- b\n', 'compose.yaml:1:1: not a compose file: its top level is not a mapping'],
    ['services that are a list', 'services:\n  - web\n', 'compose.yaml:1:1: services must be a mapping'],
    ['services that are a number', 'x-a: 1\nservices: 5\n', 'compose.yaml:2:1: services must be a mapping'],
    ['the first version of the format', 'web:\n  image: app:1\n', 'compose.yaml:1:1: web stands outside of services'],
    ['a key twice', 'services:\n  a: {image: a}\n  a: {image: b}\n', 'compose.yaml:3:3: the key "a" is there twice'],
  ])('is named with its line: %s', (_what, text, unreadable) => {
    expect(unreadableIn(read(text))).toEqual([unreadable])
    expect(read(text)).toMatchObject({ images: [], unknown: [], leftOut: [] })
  })

  it.each([
    ['a tab', 'services:\n\tweb:\n\t\timage: app\n'],
    ['a bracket that is not closed', 'services: {web: {image: app}\n'],
    ['an alias without an anchor', 'services: {web: *none}\n'],
    ['an alias that leads back to itself', 'services: &s {web: *s}\n'],
    ['binary content', '\u0000\u0001PK\u0003\u0004\ufffd\ufffd'],
    ['deep nesting', `services: ${'['.repeat(5000)}`],
  ])('is named with its line: %s', (_what, text) => {
    const [problem, ...others] = unreadableIn(read(text))
    expect(problem).toMatch(/^compose\.yaml:\d+:\d+: \S/)
    expect(others).toEqual([])
    expect(read(text).images).toEqual([])
  })

  it('does not hide the other files and documents', () => {
    const files = {
      'a.yaml': 'services: [\n',
      'b.yaml': 'services: {b: {image: b}}\n---\n- x\n---\nservices: {c: {image: c}}\n',
    }
    const both = readFiles(files, { named: ['a.yaml', 'b.yaml'] })
    expect(both.images.map(({ image }) => image)).toEqual(['b', 'c'])
    expect(unreadableIn(both)).toHaveLength(2)
  })
})

describe('a compose file that is unusual', () => {
  it('with Windows line ends has the same places', () => {
    const text = 'services:\r\n  web:\r\n    image: app:1\r\n  db:\r\n    image: "db:${TAG:-2}"\r\n'
    expect(imagesOf(read(text))).toEqual([
      'app:1 <- service web @ compose.yaml:3:12',
      'db:2 <- service db @ compose.yaml:5:13',
    ])
    expect(text.slice(read(text).images[0]?.span?.start, read(text).images[0]?.span?.end)).toBe('app:1')
  })

  it('is read if it is JSON', () => {
    expect(imagesOf(read('{"services": {"web": {"image": "app:1"}}}'))).toEqual([
      'app:1 <- service web @ compose.yaml:1:33',
    ])
  })

  it('has one place for an image that anchors and merge keys share', () => {
    const text =
      'x-base: &base\n  image: app:1\n  platform: linux/arm64\nservices:\n  a: {<<: *base}\n  b: *base\n  c: {<<: *base, image: own}\n'
    expect(imagesOf(read(text))).toEqual([
      'app:1 <- service a @ compose.yaml:2:10',
      'app:1 <- service b @ compose.yaml:2:10',
      'own <- service c @ compose.yaml:7:25',
    ])
    expect(read(text).images.map(({ platform }) => platform)).toEqual(['linux/arm64', 'linux/arm64', 'linux/arm64'])
  })

  it('may name its services like properties of objects', () => {
    const names = ['constructor', '__proto__', 'toString', '*', '[]', 'x-web']
    const text = `services:\n${names.map((name) => `  "${name}": {image: app}\n`).join('')}`
    expect(read(text).images.map(({ usedBy }) => usedBy)).toEqual(names.map((name) => `service ${name}`))
    expect([unknownIn(read(text)), unreadableIn(read(text))]).toEqual([[], []])
  })

  it('that is a bomb of aliases is read or refused, and quickly', () => {
    const levels = 'bcdefghijk'.split('').map((name, n) => {
      const before = 'abcdefghijk'[n] ?? ''
      return `x-${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`
    })
    const bomb = `x-a: &a [{type: image, source: s, target: /s}]\n${levels.join('\n')}\n`
    expect(read(`${bomb}services: {web: {image: app}}\n`).images).toHaveLength(1)
    expect(read(`${bomb}services: {web: {image: app, volumes: *k}}\n`).images).toHaveLength(1)
    const volumes = Array.from({ length: 1000 }, (_, n) => `{type: image, source: s, target: /s${n}}`).join(', ')
    const services = Array.from({ length: 1000 }, (_, n) => `  s${n}: *s\n`).join('')
    const wide = read(`x-s: &s {image: app, volumes: [${volumes}]}\nservices:\n${services}`)
    expect(unreadableIn(wide)).toEqual([
      'compose.yaml:1:1: more than 500000 values; aliases and extends repeat what they name',
    ])
  })
})
