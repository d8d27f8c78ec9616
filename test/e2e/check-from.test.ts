import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { checkIn, pod, service, written } from '../support/command/check-files.ts'
import { reportIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const whole = index([image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64' })])
const broken = image('broken')
const lost = broken.layers[0]?.descriptor.digest ?? ''

describeWithServers(['docker-registry'], 'regfsck check --from', () => {
  let registry: RunningRegistry
  let host: string

  beforeAll(async () => {
    registry = await startRegistry({ root, config: ACCESS_LOG })
    host = registry.host
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, whole, 'whole')
    await push(place, broken, 'broken')
    rmSync(storagePaths(root).data(lost))
  })

  afterAll(() => registry.stop())

  /** Writes files and checks them. */
  const check = (texts: Readonly<Record<string, string>>, ...args: readonly string[]) => checkIn(written(texts), args)

  const pinned = (): string => `${host}/team/app:whole@${whole.descriptor.digest}`

  it('lists the proved images of a compose file, each once, and asks for each once', async () => {
    const compose = `services:\n${service('web', pinned())}${service('worker', pinned())}`
    const asked = async (): Promise<number> => (await requestsTo(registry)).length
    const start = await asked()
    await check({}, pinned())
    const before = await asked()
    const alone = before - start
    const ran = await check({ 'compose.yaml': compose }, '--from', 'compose.yaml')
    expect(ran).toMatchObject({ code: 0, stdout: `${host}/team/app@${whole.descriptor.digest}\n` })
    expect(ran.stderr).toContain('needed by compose.yaml:3: service web, compose.yaml:5: service worker')
    expect(ran.stderr).toContain('2 references to 1 image in 1 file')
    expect(alone).toBeGreaterThan(5)
    expect((await asked()) - before).toBe(alone)
  })

  it('reports an image that cannot be pulled with the file, the line and the service', async () => {
    const compose = `services:\n${service('web', pinned())}${service('db', `${host}/team/app:broken`)}`
    const ran = await check({ 'compose.yaml': compose }, '--from', 'compose.yaml', '--output=json')
    expect(ran.code).toBe(1)
    const found = reportIn(ran).targets.flatMap(({ findings }) => findings)
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([
      ['layer-missing', 'error'],
      ['image-unpullable', 'error'],
      ['image-unpinned', 'notice'],
    ])
    expect(found[1]).toMatchObject({
      cause: 'damaged',
      repository: 'team/app',
      tag: 'broken',
      evidence: { usedBy: ['compose.yaml:5: service db'], because: ['layer-missing'] },
    })
  })

  it('reports an image that the registry does not have', async () => {
    const ran = await check(
      { 'compose.yaml': `services:\n${service('web', `${host}/team/app:never`)}` },
      ...['--from', 'compose.yaml', '--output=json'],
    )
    expect(ran.code).toBe(1)
    const found = reportIn(ran).targets.flatMap(({ findings }) => findings)
    expect(found.map(({ code, cause }) => [code, cause])).toEqual([
      ['tag-dangling', 'not-served'],
      ['image-unpullable', 'not-found'],
    ])
  })

  it.each([
    ['compose.yaml', () => `services:\n  web:\n    image: ${pinned()}\n    platform: linux/s390x\n`, []],
    ['Dockerfile', () => `FROM --platform=linux/s390x ${pinned()}\n`, []],
    ['images.txt', () => `${pinned()}\n`, ['--platform', 'linux/s390x']],
  ])('reports the platform that an image of %s lacks', async (name, text, args) => {
    const ran = await check({ [name]: text() }, '--from', name, '--output=json', ...args)
    expect(ran.code).toBe(1)
    const found = reportIn(ran).targets.flatMap(({ findings }) => findings)
    expect(found.map(({ code }) => code)).toEqual(['platform-missing'])
    expect(found[0]).toMatchObject({ evidence: { platform: 'linux/s390x', has: ['linux/amd64', 'linux/arm64'] } })
  })

  it('fails the test case of an intact image that lacks the platform, in JUnit XML', async () => {
    const args = ['--from', 'list', '--platform', 'linux/s390x', '--output=junit']
    const ran = await check({ list: `${pinned()}\n` }, ...args)
    expect(ran.stdout).toMatch(/<failure message="intact: platform-missing[\s\S]*list:1: list/)
    const fine = await check({ list: `${pinned()}\n` }, '--from', 'list', '--output=junit')
    expect(fine.stdout).toContain('failures="0" errors="0"')
  })

  it.each(['junit', 'markdown'])(
    'says in %s which file needs an image of a registry that does not answer',
    async (format) => {
      const args = ['--from', 'list', `--output=${format}`, '--request-timeout=1s']
      const ran = await check({ list: '127.0.0.1:9/app:1\n' }, ...args)
      expect(ran).toMatchObject({ code: 3, stdout: expect.stringContaining('list:1: list') })
      expect(ran.stdout).toContain('127.0.0.1:9/app:1')
    },
  )

  it('annotates in SARIF each line that names an image that cannot be pulled', async () => {
    const list = `${pinned()}\n${host}/team/app:broken\n# comment\n${host}/team/app:broken\n`
    const ran = await check({ 'deploy/list': list }, '--from', 'deploy/list', '--output=sarif')
    expect(ran.code).toBe(1)
    const { runs }: { runs: [{ results: Record<string, unknown>[]; invocations: unknown }] } = JSON.parse(ran.stdout)
    const [{ results, invocations }] = runs
    const at = (startLine: number) => ({ artifactLocation: { uri: 'deploy/list' }, region: { startLine } })
    const unpullable = results.filter(({ ruleId }) => ruleId === 'image-unpullable')
    expect(unpullable).toMatchObject(
      [2, 4].map((line) => ({ level: 'error', locations: [{ physicalLocation: at(line) }] })),
    )
    expect(invocations).toMatchObject([{ executionSuccessful: true }])
    const [, ...codes] = JSON.stringify(runs).split('"id":"image-unpullable","shortDescription"')
    expect(codes[0]).toContain('# image-unpullable')
  })

  it('says nothing of a platform that the image has', async () => {
    const compose = `services:\n  web:\n    image: ${pinned()}\n    platform: linux/arm64\n`
    const ran = await check({ 'compose.yaml': compose }, '--from', 'compose.yaml')
    expect(ran.code).toBe(0)
  })

  it.each([
    ['app:whole', [], 'notice', 'floating-tag', 0],
    ['app:whole', ['--require-digest'], 'error', 'floating-tag', 1],
    ['latest', [], 'warning', 'latest', 0],
  ] as const)('reports that %s is not pinned (%j): %s', async (name, args, severity, cause, code) => {
    await push({ url: registry.url, repository: 'latest' }, whole, 'latest')
    const ran = await check(
      { list: `${host}/${name === 'latest' ? name : `team/${name}`}\n` },
      '--from',
      'list',
      '--output=json',
      ...args,
    )
    expect(ran.code).toBe(code)
    const [found, ...more] = reportIn(ran).targets.flatMap(({ findings }) => findings)
    expect(found).toMatchObject({
      code: 'image-unpinned',
      severity,
      cause,
      evidence: { digest: whole.descriptor.digest },
    })
    expect(more).toEqual([])
  })

  it.each([
    [
      'a variable without a value',
      { 'compose.yaml': `services:\n  web:\n    image: app:$${'{TAG}'}\n` },
      'compose.yaml:3',
      'TAG',
    ],
    ['a template', { 'pod.yaml': `${pod("'{{ .Values.image }}'")}` }, 'pod.yaml:6', '{{ .Values.image }}'],
    ['a number', { 'pod.yaml': pod('5') }, 'pod.yaml:6', '5'],
    ['nothing', { 'pod.yaml': pod("''") }, 'pod.yaml:6', 'image'],
    ['a name that no registry takes', { list: 'UPPER/Case:1\n' }, 'list:1', 'UPPER/Case:1'],
  ])('is incomplete where an image is %s, and names the place', async (_, texts, place, what) => {
    const [name = ''] = Object.keys(texts)
    const ran = await check(
      { ...texts, whole: `${pinned()}\n` },
      '--from',
      name,
      '--from-type',
      typeOf(name),
      '--output=json',
    )
    expect(ran.code).toBe(3)
    const unchecked = reportIn(ran).targets.flatMap((target) => target.unchecked)
    expect(unchecked).toHaveLength(1)
    expect(unchecked[0]).toMatchObject({ because: 'REFERENCE_UNKNOWN', path: expect.stringContaining(place) })
    expect(unchecked[0]?.detail).toContain(what)
  })

  it.each(['https://me:secret@host/app:1', 'me:secret@host/app:$' + '{TAG}'])(
    'does not print the password in %s',
    async (text) => {
      const ran = await check(
        { 'compose.yaml': `services:\n  web:\n    image: ${text}\n` },
        '--from',
        'compose.yaml',
        '--output=json',
      )
      expect(ran).toMatchObject({ code: 3, stdout: expect.stringContaining('REFERENCE_UNKNOWN') })
      expect(ran.stdout + ran.stderr).not.toContain('secret')
    },
  )

  it('names a file that cannot be parsed, with line and column, and checks the others', async () => {
    const texts = { 'bad.yaml': 'services:\n  web: [unclosed\n', 'good.yaml': `services:\n${service('web', pinned())}` }
    const ran = await check(
      texts,
      '--from',
      'bad.yaml',
      '--from',
      'sub/none.yaml',
      '--from',
      'good.txt',
      '--output=json',
    )
    expect(ran.code).toBe(3)
    const places = reportIn(ran).targets.flatMap(({ unchecked }) => unchecked.map(({ path }) => path))
    expect(places).toEqual(expect.arrayContaining([expect.stringMatching(/^bad\.yaml:[23]:\d+$/), 'sub/none.yaml:1:1']))
    const good = await check(
      { ...texts, 'other/compose.yaml': texts['good.yaml'] },
      '--from',
      'bad.yaml',
      '--from',
      'other/compose.yaml',
    )
    expect(good).toMatchObject({ code: 3, stdout: expect.stringContaining(whole.descriptor.digest) })
  })

  it.each([
    [[], 'there is nothing to check'],
    [['--from', 'x', '--custom-image-fields', 'spec.server.image'], 'no object in x has "spec.server.image"'],
    [['--recursive', 'app:1'], '--recursive: only works with --from'],
    [['--from', 'x', '--expect-digest', `sha256:${'0'.repeat(64)}`], '--expect-digest: works with one image'],
  ])('refuses %j', async (args, message) => {
    const ran = await check({ x: 'app:1\n' }, ...args)
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  it('leaves a registry that does not answer unchecked, and says who needs the image', async () => {
    const ran = await check({ list: '127.0.0.1:9/app:1\n' }, '--from', 'list', '--output=json', '--request-timeout=1s')
    expect(ran.code).toBe(3)
    const [target] = reportIn(ran).targets
    expect(target).toMatchObject({ complete: false, usedBy: [{ file: 'list', line: 1, column: 1, by: 'list' }] })
    expect(target?.findings).toEqual([])
  })
})

function typeOf(name: string): string {
  if (name === 'list') return 'list'
  return name === 'pod.yaml' ? 'kubernetes' : 'compose'
}
