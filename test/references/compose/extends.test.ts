import { describe, expect, it } from 'vitest'
import { imagesOf, readFiles, unknownIn, unreadableIn } from './files.ts'

describe('a service that extends another', () => {
  it('of the same file has its image, unless it says another', () => {
    const read = readFiles({
      'compose.yaml': `services:
  base:
    image: app:1
    platform: linux/arm64
  worker:
    extends: base
    command: work
  other:
    extends: {service: base}
    image: app:2
`,
    })
    expect(imagesOf(read)).toEqual([
      'app:1 <- service base @ compose.yaml:3:12',
      'app:1 <- service worker @ compose.yaml:3:12',
      'app:2 <- service other @ compose.yaml:10:12',
    ])
    expect(read.images.map(({ platform }) => platform)).toEqual(['linux/arm64', 'linux/arm64', 'linux/arm64'])
  })

  it('of another file has its image, through a chain, each file seen from the one that names it', () => {
    const read = readFiles(
      {
        'site/compose.yaml': 'services:\n  web:\n    extends: {file: ../common/web.yaml, service: web}\n',
        'common/web.yaml':
          'services:\n  web: {extends: {file: base/base.yaml, service: any}}\n  unused: {image: "no:$NONE"}\n',
        'common/base/base.yaml': 'services:\n  any: {extends: root}\n  root: {image: "app:$TAG"}\n',
        'common/base/.env': 'TAG=wrong\n',
        'site/.env': 'TAG=4\n',
      },
      { named: ['site/compose.yaml'] },
    )
    expect(imagesOf(read)).toEqual(['app:4 <- service web @ common/base/base.yaml:3:18'])
    expect([unknownIn(read), unreadableIn(read)]).toEqual([[], []])
  })

  it('finds the other file from the directory of the project, not from its own file', () => {
    const files = {
      'compose.yaml': 'services: {db: {image: db}}\n',
      'more/b.yaml': 'services: {web: {extends: {file: common.yaml, service: web}}}\n',
      'common.yaml': 'services: {web: {image: of-the-project}}\n',
      'more/common.yaml': 'services: {web: {image: of-the-file}}\n',
    }
    const images = (named: readonly string[]) => readFiles(files, { named }).images.map(({ image }) => image)
    expect(images(['compose.yaml', 'more/b.yaml'])).toEqual(['db', 'of-the-project'])
    expect(images(['more/b.yaml'])).toEqual(['of-the-file'])
  })

  it('does not inherit what it resets', () => {
    const read = readFiles({
      'compose.yaml':
        'services:\n  a: {image: app, build: .}\n  b: {extends: a, image: !reset null}\n  c: {extends: a, build: !reset null}\n',
    })
    expect(read.services.map(({ name, isBuildable }) => [name, isBuildable])).toEqual([
      ['a', true],
      ['c', false],
    ])
    expect(read.leftOut).toMatchObject([{ usedBy: 'service b' }])
  })

  it('inherits its profiles and its volumes', () => {
    const read = readFiles({
      'compose.yaml': `services:
  a: {image: a, profiles: [debug], volumes: [{type: image, source: x, target: /x}]}
  b: {extends: a, profiles: !override [], volumes: [{type: image, source: y, target: /y}]}
  c: {extends: a}
`,
    })
    expect(read.images.map(({ image, usedBy }) => `${usedBy}: ${image}`)).toEqual([
      'service b: a',
      'service b, image volume /x: x',
      'service b, image volume /y: y',
    ])
    expect(read.leftOut.map(({ usedBy }) => usedBy)).toEqual(['service a', 'service c'])
  })

  it('can extend a service that is included', () => {
    const read = readFiles({
      'compose.yaml': 'include: [lib.yaml]\nservices: {web: {extends: lib}}\n',
      'lib.yaml': 'services: {lib: {image: "lib:1"}}\n',
    })
    expect(read.images.map(({ usedBy, image }) => `${usedBy}: ${image}`)).toEqual([
      'service lib: lib:1',
      'service web: lib:1',
    ])
  })
})

describe('a service that cannot extend', () => {
  it.each([
    [
      'a service that is not there',
      'extends: nobody',
      '',
      'compose.yaml:1:27: there is no service nobody in compose.yaml to extend',
    ],
    [
      'a service that is not in the other file',
      'extends: {file: b.yaml, service: x}',
      'services: {y: {image: y}}',
      'compose.yaml:1:27: there is no service x in b.yaml to extend',
    ],
    [
      'a file that is not there',
      'extends: {file: c.yaml, service: x}',
      '',
      'compose.yaml:1:34: c.yaml cannot be read: it does not exist',
    ],
    ['no service', 'extends: {file: b.yaml}', 'services: {}', 'compose.yaml:1:27: extends must name a service'],
    [
      'a variable',
      'extends: {file: "$F", service: x}',
      '',
      'compose.yaml:1:35: the variable F has no value; set it in the environment, in .env or with --env-file',
    ],
    [
      'a file elsewhere',
      'extends: {file: "oci://registry.example.com/stack:1", service: x}',
      '',
      'compose.yaml:1:35: oci://registry.example.com/stack:1 is not on this machine, and is not fetched',
    ],
    [
      'a list as file',
      'extends: {file: [b.yaml], service: x}',
      '',
      'compose.yaml:1:34: the file of extends must be text',
    ],
    [
      'itself',
      'extends: web',
      '',
      'compose.yaml:1:27: extends leads back to itself: web in compose.yaml, web in compose.yaml',
    ],
  ])('%s: is named, and its image is unknown if it has none itself', (_what, how, other, unreadable) => {
    const files = (image: string) => ({ 'compose.yaml': `services: {web: {${how}${image}}}\n`, 'b.yaml': other })
    const without = readFiles(files(''))
    expect(unreadableIn(without)).toEqual([unreadable])
    expect(unknownIn(without)).toEqual([
      expect.stringMatching(/service web .*: the service that it extends cannot be read$/),
    ])
    const withImage = readFiles(files(', image: own:1'))
    expect(withImage.images.map(({ image }) => image)).toEqual(['own:1'])
    expect([unreadableIn(withImage), unknownIn(withImage)]).toEqual([[unreadable], []])
  })

  it('because it leads back to itself over several files, is named once', () => {
    const read = readFiles({
      'compose.yaml': 'services:\n  a: {extends: {file: b.yaml, service: b}}\n  ok: {image: ok}\n',
      'b.yaml': 'services:\n  b: {extends: {file: compose.yaml, service: a}}\n',
    })
    expect(unreadableIn(read)).toEqual([
      'b.yaml:2:16: extends leads back to itself: a in compose.yaml, b in b.yaml, a in compose.yaml',
    ])
    expect(unknownIn(read)).toHaveLength(1)
    expect(read.images.map(({ image }) => image)).toEqual(['ok'])
  })

  it('because of a chain without end, is named', () => {
    const services = Array.from({ length: 20_000 }, (_, n) => `  s${n}: {extends: s${n + 1}}\n`).join('')
    const read = readFiles({ 'compose.yaml': `services:\n${services}  s20000: {image: app}\n` })
    expect(unreadableIn(read)[0]).toMatch(/^compose\.yaml:102:\d+: extends is longer than 100 services$/)
    expect(read.images.length + read.unknown.length).toBe(20_001)
  })

  it('because all together inherit too much, is named, and what it says itself is read', () => {
    const volumes = Array.from({ length: 1000 }, (_, n) => `"v${n}:/v${n}"`).join(', ')
    const services = Array.from({ length: 1000 }, (_, n) => `  s${n}: {extends: base, volumes: ["x:/x"], image: own}\n`)
    const read = readFiles({
      'compose.yaml': `services:\n  base: {image: base, volumes: [${volumes}]}\n${services.join('')}  last: {extends: base}\n`,
    })
    expect(unreadableIn(read)).toEqual([
      'compose.yaml:1:1: more than 500000 values; aliases and extends repeat what they name',
    ])
    expect(read.images).toHaveLength(1001)
    expect(unknownIn(read)).toEqual([expect.stringContaining('service last')])
  })
})
