import { describe, expect, it } from 'vitest'
import { imagesOf, leftOutOf, readFiles, unknownIn, unreadableIn } from './files.ts'

const one = (service: string, rest = '') => readFiles({ 'compose.yaml': `services:\n  web:\n${service}${rest}` })

describe('the image of a service', () => {
  it('is a reference, with its place and the range of its text', () => {
    const text =
      'services:\n  web:\n    image: "registry.example.com/shop/web:1.4"   # the shop\n    ports: ["80:80"]\n'
    const read = readFiles({ 'compose.yaml': text })
    expect(imagesOf(read)).toEqual(['registry.example.com/shop/web:1.4 <- service web @ compose.yaml:3:13'])
    const [{ span } = {}] = read.images
    expect(text.slice(span?.start, span?.end)).toBe('registry.example.com/shop/web:1.4')
    expect(read).toMatchObject({ unknown: [], unreadable: [], leftOut: [] })
  })

  it('has no range where the file has variables in its place', () => {
    const read = readFiles({ 'compose.yaml': 'services: {web: {image: "app:${TAG:-1}"}}' })
    expect(imagesOf(read)).toEqual(['app:1 <- service web @ compose.yaml:1:26'])
    expect(read.images[0]).not.toHaveProperty('span')
    expect(read.services).toMatchObject([{ name: 'web', image: 'app:1', written: 'app:${TAG:-1}', hasVariables: true }])
    expect(read.services[0]?.span).toEqual({ start: 25, end: 38 })
  })

  it.each([
    ['a number', '    image: 5\n', '5 <- service web @ compose.yaml:3:12: an image must be text, not a number'],
    [
      'a number with a point',
      '    image: 1.10\n',
      '1.10 <- service web @ compose.yaml:3:12: an image must be text, not a number',
    ],
    [
      'a truth value',
      '    image: true\n',
      'true <- service web @ compose.yaml:3:12: an image must be text, not a boolean',
    ],
    ['a list', '    image: [a]\n', '[a] <- service web @ compose.yaml:3:12: an image must be text, not a list'],
    [
      'a mapping',
      '    image: {a: 1}\n',
      '{a: 1} <- service web @ compose.yaml:3:12: an image must be text, not a mapping',
    ],
    ['empty', '    image: ""\n', ' <- service web @ compose.yaml:3:13: it is empty'],
    ['null', '    image:\n', 'web <- service web @ compose.yaml:2:3: it has neither an image nor a build'],
    ['missing', '    ports: []\n', 'web <- service web @ compose.yaml:2:3: it has neither an image nor a build'],
    [
      'a template',
      '    image: "{{ .Values.image }}"\n',
      '{{ .Values.image }} <- service web @ compose.yaml:3:13: it is a template that was not filled in',
    ],
    [
      'a variable without a value',
      '    image: app:${TAG}\n',
      'app:${TAG} <- service web @ compose.yaml:3:12: the variable TAG has no value; set it in the environment, in .env or with --env-file',
    ],
  ])('is unknown if it is %s, and the other services are read', (_what, service, unknown) => {
    const read = one(service, '  db:\n    image: postgres:17\n')
    expect(unknownIn(read)).toEqual([unknown])
    expect(read.images.map(({ image }) => image)).toEqual(['postgres:17'])
  })

  it('is unknown if a variable that is empty leaves nothing', () => {
    const read = readFiles({ 'compose.yaml': 'services: {web: {image: "$I"}}' }, { environment: { I: '' } })
    expect(unknownIn(read)).toEqual([
      '$I <- service web @ compose.yaml:1:26: it is empty after its variables are replaced',
    ])
  })

  it('of a service that is no mapping is unknown', () => {
    const read = readFiles({ 'compose.yaml': 'services:\n  web: 5\n  db:\n  app: {image: app}\n' })
    expect(unknownIn(read)).toEqual([
      '5 <- service web @ compose.yaml:2:3: a service must be a mapping with an image or a build',
      'db <- service db @ compose.yaml:3:3: a service must be a mapping with an image or a build',
    ])
    expect(read.images).toHaveLength(1)
  })
})

describe('what compose builds, or does not pull', () => {
  it.each([
    ['a build and an image: pulled first', '    image: app:1\n    build: .\n', ['app:1'], []],
    [
      'a build alone',
      '    build: {context: .}\n',
      [],
      ['service web @ compose.yaml:2:3: it is built here, and has no image of its own'],
    ],
    [
      'pull_policy: build',
      '    image: app:1\n    build: .\n    pull_policy: build\n',
      [],
      ['service web @ compose.yaml:3:12: it is always built here (pull_policy: build)'],
    ],
    [
      'pull_policy: never',
      '    image: app:1\n    pull_policy: never\n',
      [],
      ['service web @ compose.yaml:3:12: it is never pulled (pull_policy: never)'],
    ],
    ['pull_policy: missing', '    image: app:1\n    pull_policy: missing\n', ['app:1'], []],
    ['pull_policy: daily', '    image: app:1\n    pull_policy: daily\n', ['app:1'], []],
    ['a policy that cannot be known', '    image: app:1\n    pull_policy: $P\n', ['app:1'], []],
    [
      'a provider',
      '    provider: {type: cloud, options: {kind: mysql}}\n',
      [],
      ['service web @ compose.yaml:2:3: its provider cloud runs it'],
    ],
    ['scale: 0, because compose pulls before it counts containers', '    image: app:1\n    scale: 0\n', ['app:1'], []],
    ['deploy.replicas: 0', '    image: app:1\n    deploy: {replicas: 0}\n', ['app:1'], []],
  ])('%s', (_what, service, images, leftOut) => {
    const read = one(service)
    expect(read.images.map(({ image }) => image)).toEqual(images)
    expect(leftOutOf(read)).toEqual(leftOut)
    expect(read.unknown).toEqual([])
  })

  it('says which images can also be built', () => {
    const read = readFiles({ 'compose.yaml': 'services:\n  a: {image: a, build: .}\n  b: {image: b}\n' })
    expect(read.services.map(({ name, isBuildable }) => [name, isBuildable])).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  it('does not read what an image is built from', () => {
    const build = 'build: {context: ., cache_from: [cache:1], additional_contexts: {base: "docker-image://base:1"}}'
    expect(one(`    image: app:1\n    ${build}\n`).images.map(({ image }) => image)).toEqual(['app:1'])
  })
})

describe('the platform of a service', () => {
  const files = { 'compose.yaml': 'services:\n  a: {image: app, platform: linux/arm64}\n  b: {image: app}\n' }

  it('is what it asks for', () => {
    expect(readFiles(files).images.map(({ platform }) => platform)).toEqual(['linux/arm64', undefined])
  })

  it('is else that of DOCKER_DEFAULT_PLATFORM', () => {
    const environment = { DOCKER_DEFAULT_PLATFORM: 'linux/amd64' }
    expect(readFiles(files, { environment }).images.map(({ platform }) => platform)).toEqual([
      'linux/arm64',
      'linux/amd64',
    ])
  })
})

describe('volumes, hooks and models', () => {
  it('reads volumes that are images, and no others', () => {
    const read = one(
      [
        '    image: app:1\n    volumes:',
        '      - data:/data',
        '      - ./x:/x:ro',
        '      - {type: volume, source: data, target: /d}',
        '      - type: image',
        '        source: registry.example.com/models/weights:3',
        '        target: /weights',
      ].join('\n'),
    )
    expect(imagesOf(read)).toEqual([
      'app:1 <- service web @ compose.yaml:3:12',
      'registry.example.com/models/weights:3 <- service web, image volume /weights @ compose.yaml:9:17',
    ])
  })

  it('reads only the last volume at the same place', () => {
    const mounts = (...volumes: string[]) =>
      one(`    image: app:1\n    volumes: [${volumes.join(', ')}]\n`).images.map(({ image }) => image)
    const image = (source: string, target: string) => `{type: image, source: "${source}", target: ${target}}`
    expect(mounts(image('a:1', '/x'), image('b:1', '/x/'))).toEqual(['app:1', 'b:1'])
    expect(mounts(image('a:1', '/x'), '"./here:/x:ro"')).toEqual(['app:1'])
    expect(mounts(image('a:1', '/x'), '/x')).toEqual(['app:1'])
    expect(mounts(image('a:1', '/x'), '/y', image('b:1', '/z'))).toEqual(['app:1', 'a:1', 'b:1'])
    expect(mounts(image('${NONE}', '/x'), image('b:1', '/x'))).toEqual(['app:1', 'b:1'])
  })

  it('knows a volume that is what another service builds', () => {
    const volume = '{type: image, source: assets, target: /a}'
    const read = (assets: string) =>
      readFiles({ 'compose.yaml': `services:\n  web: {image: web, volumes: [${volume}]}\n  assets: {${assets}}\n` })
        .images
    expect(read('build: .').map(({ image }) => image)).toEqual(['web'])
    expect(read('image: other').map(({ image }) => image)).toEqual(['web', 'assets', 'other'])
  })

  it('reads the images of containers that run before a service', () => {
    const hooks = '    pre_start:\n      - command: migrate\n      - {image: busybox, command: chown}\n'
    expect(imagesOf(one(`    image: app:1\n${hooks}`))).toEqual([
      'app:1 <- service web @ compose.yaml:3:12',
      'busybox <- service web, pre_start 2 @ compose.yaml:6:17',
    ])
    expect(imagesOf(one(`    image: app:1\n    pull_policy: never\n${hooks}`))).toEqual([])
    expect(one(`    build: .\n${hooks}`).images.map(({ image }) => image)).toEqual(['busybox'])
  })

  it('reads the models that services use', () => {
    const models = 'models:\n  llm: {model: ai/small:3b}\n  other: {model: ai/other}\n  none: {}\n'
    const list = one('    image: app\n    models: [llm, none]\n', models)
    expect(imagesOf(list)).toEqual([
      'app <- service web @ compose.yaml:3:12',
      'ai/small:3b <- model llm @ compose.yaml:6:16',
    ])
    expect(leftOutOf(list)).toEqual(['model other @ compose.yaml:7:3: no service that is enabled uses it'])
    expect(unknownIn(list)).toEqual(['none <- model none @ compose.yaml:8:3: it does not say which model'])
    const mapping = one('    image: app\n    models: {other: {endpoint_var: URL}}\n', models)
    expect(mapping.images.map(({ image }) => image)).toEqual(['app', 'ai/other'])
  })

  it('reads the model of a provider of models, and nothing of other providers', () => {
    const provider = (type: string) => one(`    provider: {type: ${type}, options: {model: ai/small}}\n`)
    expect(imagesOf(provider('model'))).toEqual(['ai/small <- service web, model @ compose.yaml:3:46'])
    expect(provider('cloud')).toMatchObject({ images: [], leftOut: [{ usedBy: 'service web' }] })
  })

  it('reads no other keys', () => {
    const read = readFiles({
      'compose.yaml':
        'x-app: {image: a}\nservices: {web: {image: b, x-old: {image: c}, environment: {image: d}}}\nnetworks: {image: {}}\n',
    })
    expect(read.images.map(({ image }) => image)).toEqual(['b'])
    expect(unreadableIn(read)).toEqual([])
  })
})
