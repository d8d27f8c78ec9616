import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { checkIn, pod, service, written } from '../support/command/check-files.ts'
import { reportIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const whole = image('whole')
const broken = image('broken')

describeWithServers(['docker-registry'], 'regfsck check --from, and what is not deployed', () => {
  let registry: RunningRegistry

  beforeAll(async () => {
    registry = await startRegistry({ root })
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, whole, 'whole')
    await push(place, broken, 'broken')
    rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
  })

  afterAll(() => registry.stop())

  const check = (texts: Readonly<Record<string, string>>, ...args: readonly string[]) => checkIn(written(texts), args)
  const app = (tag: string): string => `${registry.host}/team/app:${tag}`
  const pinned = (): string => `${app('whole')}@${whole.descriptor.digest}`

  it('reads what a cluster prints from stdin, and directories with --recursive only', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          kind: 'Pod',
          apiVersion: 'v1',
          metadata: { name: 'a', namespace: 'shop' },
          spec: { containers: [{ name: 'app', image: pinned() }] },
        },
      ],
    }
    const piped = await checkIn(written({ 'pods.json': JSON.stringify(list) }), ['--from', '-'], 'pods.json')
    expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining(whole.descriptor.digest) })
    expect(piped.stderr).toContain('shop/a')
    const texts = {
      'deploy/a/pod.yaml': pod(pinned()),
      'deploy/notes.md': 'nothing\n',
      'deploy/values.yaml': 'replicas: 2\n',
    }
    expect(await check(texts, '--from', 'deploy')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--recursive'),
    })
    expect(await check(texts, '--from', 'deploy', '--recursive')).toMatchObject({ code: 0 })
  })

  it('passes over no file of a directory in silence: not one behind a symbolic link, nor one that names an image', async () => {
    const files = written({ 'deploy/pod.yaml': pod(pinned()) })
    symlinkSync('..data/gone.yaml', join(files, 'deploy/gone.yaml'))
    symlinkSync('..', join(files, 'deploy/up'))
    writeFileSync(join(files, 'deploy/values.yaml'), 'web:\n  image: app:1\n')
    const found = await checkIn(files, ['--from', 'deploy', '--recursive', '--output=json'])
    expect(found.code).toBe(3)
    expect(reportIn(found).targets.flatMap(({ unchecked }) => unchecked.map(({ path }) => path))).toEqual([
      'deploy/gone.yaml:1:1',
      'deploy/up:1:1',
      'deploy/values.yaml:1:1',
    ])
  })

  it('reads a file behind a symbolic link, as in a mounted ConfigMap', async () => {
    const files = written({ '..data/pod.yaml': pod(pinned()) })
    mkdirSync(join(files, 'deploy'))
    symlinkSync('../..data/pod.yaml', join(files, 'deploy/pod.yaml'))
    const found = await checkIn(files, ['--from', 'deploy', '--recursive'])
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining(whole.descriptor.digest) })
  })

  it('names a compose file beside compose.yaml, which compose takes only with -f', async () => {
    const text = `services:\n${service('web', pinned())}`
    const ran = await check({ 'p/compose.yaml': text, 'p/compose.prod.yaml': text }, '--from', 'p', '--recursive')
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('p/compose.prod.yaml') })
  })

  it('is no clean result where the files name no image', async () => {
    const ran = await check({ 'compose.yaml': 'services:\n  web:\n    build: .\n' }, '--from', 'compose.yaml')
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('no image') })
  })

  it('skips the values of a chart in a directory and names them; a template and a file that is named stay errors', async () => {
    const values = 'image:\n  repository: team/app\n  tag: "1"\n'
    const texts = { 'deploy/pod.yaml': pod(pinned()), 'deploy/values.yaml': values }
    const ran = await check(texts, '--from', 'deploy', '--recursive')
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(whole.descriptor.digest) })
    expect(ran.stderr).toContain('FILE_SKIPPED')
    expect(ran.stderr).toContain('deploy/values.yaml:1:1 it may hold the values of a Helm chart')
    expect(ran.stderr).toContain('1 object or place above was skipped')
    expect(await check(texts, '--from', 'deploy/values.yaml', '--from', 'deploy/pod.yaml')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('FILE_UNREADABLE'),
    })
    const template = { ...texts, 'deploy/job.yaml': '{{- if .Values.job }}\nimage: {{ .Values.image }}\n{{- end }}\n' }
    expect(await check(template, '--from', 'deploy', '--recursive')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('deploy/job.yaml:1:1 it is a template'),
    })
  })

  const BUILD = '    build: .\n'
  const PULLED = `${BUILD}    pull_policy: always\n`

  it('skips an image that compose builds and that was never pushed, and names it', async () => {
    const compose = `services:\n${service('new', app('never'), BUILD)}${service('worker', app('never'))}${service('web', pinned())}`
    const ran = await check({ 'compose.yaml': compose }, '--from', 'compose.yaml', '--output=json')
    expect(ran.code).toBe(0)
    const { targets, verdict } = reportIn(ran)
    expect(verdict).toBe('clean')
    expect(targets.flatMap(({ findings }) => findings)).toEqual([])
    expect(targets.flatMap(({ unchecked }) => unchecked)).toEqual([
      {
        repository: 'team/app',
        tag: 'never',
        because: 'BUILT_HERE',
        detail: 'compose builds it, and the registry does not have it',
      },
    ])
    const table = await check({ 'compose.yaml': compose }, '--from', 'compose.yaml')
    expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining(whole.descriptor.digest) })
    expect(table.stderr).toContain('team/app:never compose builds it, and the registry does not have it')
  })

  it.each([
    ['compose is told to pull it', () => ({ 'compose.yaml': `services:\n${service('new', app('never'), PULLED)}` })],
    [
      'something else needs it',
      () => ({ 'compose.yaml': `services:\n${service('new', app('never'), BUILD)}`, 'pod.yaml': pod(app('never')) }),
    ],
    [
      'another project needs it',
      () => ({
        'compose.yaml': `services:\n${service('new', app('never'), BUILD)}`,
        'other/compose.yaml': `services:\n${service('web', app('never'))}`,
      }),
    ],
    ['it was pushed and is damaged', () => ({ 'compose.yaml': `services:\n${service('new', app('broken'), BUILD)}` })],
    [
      'a digest is named, which no build has',
      () => ({
        'compose.yaml': `services:\n${service('new', `${app('never')}@sha256:${'0'.repeat(64)}`, BUILD)}`,
      }),
    ],
  ])('reports an image that compose builds where %s', async (_, texts) => {
    const files = texts()
    const from = Object.keys(files).flatMap((name) => ['--from', name])
    const ran = await check(files, ...from, '--output=json')
    expect(ran.code).toBe(1)
    const codes = reportIn(ran).targets.flatMap(({ findings }) => findings.map(({ code }) => code))
    expect(codes).toContain('image-unpullable')
    expect(ran.stdout).not.toContain('BUILT_HERE')
  })

  it('proves an image that compose builds and that was pushed', async () => {
    const compose = `services:\n${service('web', app('whole'), BUILD)}`
    expect(await check({ 'compose.yaml': compose }, '--from', 'compose.yaml')).toMatchObject({
      code: 0,
      stdout: `${registry.host}/team/app@${whole.descriptor.digest}\n`,
    })
  })

  it('does not know of an image that compose builds where the registry does not answer', async () => {
    const compose = `services:\n${service('web', '127.0.0.1:9/app:1', BUILD)}`
    const ran = await check({ 'compose.yaml': compose }, '--from', 'compose.yaml', '--request-timeout=1s')
    expect(ran).toMatchObject({ code: 3, stdout: '' })
  })
})
