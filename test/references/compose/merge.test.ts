import { describe, expect, it } from 'vitest'
import { type Files, imagesOf, leftOutOf, readFiles, unknownIn, unreadableIn } from './files.ts'

const merged = (...texts: readonly string[]) => {
  const names = texts.map((_, n) => `${'abc'[n] ?? ''}.yaml`)
  const files: Files = Object.fromEntries(texts.map((text, n) => [names[n], text]))
  return readFiles(files, { named: names })
}

describe('several files of a project', () => {
  it('give each service what the last of them says, with the place of that', () => {
    const read = merged(
      'services:\n  web: {image: app:1}\n  db: {image: postgres:17}\n',
      'services:\n  web: {image: app:2, platform: linux/arm64}\n  cache: {image: redis:8}\n',
    )
    expect(imagesOf(read)).toEqual([
      'app:2 <- service web @ b.yaml:2:16',
      'postgres:17 <- service db @ a.yaml:3:15',
      'redis:8 <- service cache @ b.yaml:3:18',
    ])
    expect(read.images.map(({ platform }) => platform)).toEqual(['linux/arm64', undefined, undefined])
    expect(read.services.map(({ name, place }) => [name, place.file])).toEqual([
      ['web', 'b.yaml'],
      ['db', 'a.yaml'],
      ['cache', 'b.yaml'],
    ])
  })

  it('do not take back a value with null', () => {
    expect(merged('services: {web: {image: app:1}}', 'services: {web: {image: }}').images[0]?.image).toBe('app:1')
    expect(merged('services: {web: {image: app:1}}', 'services: {web: }').images[0]?.image).toBe('app:1')
    expect(merged('services: {web: }', 'services: {web: {image: app:1}}').images[0]?.image).toBe('app:1')
  })

  it('may be of several documents each', () => {
    const read = readFiles({
      'compose.yaml': 'services: {web: {image: app:1}}\n---\nservices: {web: {image: app:2}}\n',
    })
    expect(imagesOf(read)).toEqual(['app:2 <- service web @ compose.yaml:3:25'])
  })

  it('replace variables each for itself', () => {
    const read = merged('services: {web: {image: "app:$NONE"}}', 'services: {web: {image: "app:2"}}')
    expect([read.images.length, read.unknown.length]).toEqual([1, 0])
  })

  it('add to each other what is a list', () => {
    const read = merged(
      'services:\n  web:\n    image: app\n    profiles: [a]\n    volumes: [{type: image, source: x, target: /x}]\n',
      'services:\n  web:\n    profiles: [b]\n    volumes: [{type: image, source: y, target: /y}]\n',
    )
    expect(leftOutOf(read)).toEqual(['service web @ a.yaml:2:3: none of its profiles (a, b) is enabled'])
    const all = readFiles(
      {
        'a.yaml': 'services: {web: {image: app, models: [m]}}\nmodels: {m: {model: ai/m}, n: {model: ai/n}}',
        'b.yaml': 'services: {web: {models: {n: {}}}}',
      },
      { named: ['a.yaml', 'b.yaml'] },
    )
    expect(all.images.map(({ image }) => image)).toEqual(['app', 'ai/m', 'ai/n'])
  })

  it('are merged without an override file that is beside them', () => {
    const read = readFiles({
      'compose.yaml': 'services: {web: {image: app:1}}',
      'compose.override.yaml': 'services: {web: {image: app:2}}',
    })
    expect(read.images[0]?.image).toBe('app:1')
  })
})

describe('!reset and !override', () => {
  const BASE =
    'services:\n  web:\n    image: app:1\n    build: .\n    profiles: [debug]\n    volumes: [{type: image, source: x, target: /x}]\n'

  it('!reset removes what was there', () => {
    expect(leftOutOf(merged(BASE, 'services: {web: {profiles: !reset [], image: !reset null}}'))).toEqual([
      'service web @ a.yaml:2:3: it is built here, and has no image of its own',
    ])
    expect(merged(BASE, 'services: {web: {profiles: !reset []}}').services).toMatchObject([{ isBuildable: true }])
    expect(merged(BASE, 'services: {web: {profiles: !reset [], build: !reset null}}').services).toMatchObject([
      { image: 'app:1', isBuildable: false },
    ])
  })

  it('!reset removes a service, and what is said again stays', () => {
    expect(merged(BASE, 'services: {web: !reset null}')).toMatchObject({ images: [], unknown: [], leftOut: [] })
    const again = merged(
      BASE,
      'services: {web: {image: !reset null, profiles: !reset []}}',
      'services: {web: {image: app:3}}',
    )
    expect(again.services).toMatchObject([{ image: 'app:3' }])
  })

  it('!override replaces a list or a mapping', () => {
    const volumes = 'profiles: !override [], volumes: !override [{type: image, source: y, target: /y}]'
    expect(merged(BASE, `services: {web: {${volumes}}}`).images.map(({ image }) => image)).toEqual(['app:1', 'y'])
    expect(merged(BASE, 'services: {web: !override {image: other}}').services).toMatchObject([
      { image: 'other', isBuildable: false },
    ])
    expect(merged(BASE, 'services: {web: {profiles: !override []}}').images.map(({ image }) => image)).toEqual([
      'app:1',
      'x',
    ])
  })

  it('do nothing where there is nothing below them', () => {
    const read = merged('services: {web: {image: !override app:1, profiles: !reset [debug]}}')
    expect(imagesOf(read)).toEqual(['app:1 <- service web @ a.yaml:1:35'])
    expect([unknownIn(read), unreadableIn(read)]).toEqual([[], []])
  })
})
