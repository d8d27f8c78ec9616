import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, regfsck } from '../support/command/run.ts'
import { regfsckIn } from '../support/command/run-in-directory.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const first = index([
  image('first-amd64', { platform: 'linux/amd64' }),
  image('first-arm64', { platform: 'linux/arm64' }),
])
const second = image('second')
const broken = image('broken')
const OLD_TIME = new Date('2020-01-01T00:00:00Z')

describeWithServers(['docker-registry'], 'regfsck pin', () => {
  let registry: RunningRegistry
  let host: string
  let folder: string

  beforeAll(async () => {
    registry = await startRegistry({ root })
    host = registry.host
    await push({ url: registry.url, repository: 'team/app' }, first, '1')
    await push({ url: registry.url, repository: 'team/db' }, second, '9')
    await push({ url: registry.url, repository: 'team/broken' }, broken, '1')
    rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
  })

  afterAll(() => registry.stop())

  /** A new folder with these files. */
  function given(texts: Readonly<Record<string, string>>): void {
    folder = scratch()
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }

  const pin = (...args: readonly string[]): Promise<Ran> =>
    regfsckIn(folder, ['pin', '--recheck-delay=0', '--request-timeout=5s', ...args])
  const fileAt = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const app = (tag = '1'): string => `${host}/team/app:${tag}`
  const pinned = (tag = '1', digest: string = first.descriptor.digest): string => `${app(tag)}@${digest}`
  const compose = (reference = app()): string =>
    `# the shop\nservices:\n  web:\n    image: ${reference} # the shop itself\n    ports: ["80:80"]\n  db:\n    image: "${host}/team/db:9"\n`
  const TO_OVERRIDE = ['--from', 'compose.yaml', '--write', 'compose.override.yaml']

  it('writes an override with the digest of the index, never of a child, and leaves the primary file as it is', async () => {
    given({ 'compose.yaml': compose() })
    expect(await pin(...TO_OVERRIDE)).toMatchObject({ code: 0, stdout: '' })
    expect(fileAt('compose.override.yaml')).toBe(
      `# Written by regfsck pin. The next run replaces this file.\nservices:\n  web:\n    image: ${pinned()}\n  db:\n    image: ${host}/team/db:9@${second.descriptor.digest}\n`,
    )
    expect(fileAt('compose.yaml')).toBe(compose())
    const forPlatform = await pin('--from', 'compose.yaml', '--only', 'web', '--platform', 'linux/arm64')
    expect(forPlatform).toMatchObject({ code: 0, stdout: expect.stringContaining(pinned()) })
  })

  it('checks the images of a host no deeper than --host-depth says', async () => {
    given({ 'images.txt': `${host}/team/broken:1\n` })
    const list = ['--from', 'images.txt', '--from-type', 'list']
    expect((await pin(...list)).code).toBe(1)
    expect(await pin(...list, `--host-depth=${host}=graph`)).toMatchObject({
      code: 0,
      stdout: `${host}/team/broken:1@${broken.descriptor.digest}\n`,
    })
  })

  it('pins what regfsck check proves', async () => {
    given({ 'compose.yaml': compose() })
    // The built commands.
    const { stdout } = await regfsck(['check', '--from', 'compose.yaml'], { cwd: folder })
    const built = await regfsck(['pin', '--from', 'compose.yaml', '--format=list'], { cwd: folder })
    expect(built).toMatchObject({ code: 0, stdout: (await pin('--from', 'compose.yaml', '--format=list')).stdout })
    const list = await pin('--from', 'compose.yaml', '--format', 'list')
    expect(list.stdout.replaceAll(/:\d+@/g, '@')).toBe(stdout)
  })

  it('changes nothing in a second run: not a byte, not the time of the file', async () => {
    given({ 'compose.yaml': compose() })
    await pin(...TO_OVERRIDE)
    const text = fileAt('compose.override.yaml')
    utimesSync(join(folder, 'compose.override.yaml'), OLD_TIME, OLD_TIME)
    const again = await pin(...TO_OVERRIDE)
    expect(again).toMatchObject({ code: 0, stderr: 'regfsck: compose.override.yaml is up to date: 2 pins\n' })
    expect(fileAt('compose.override.yaml')).toBe(text)
    expect(statSync(join(folder, 'compose.override.yaml')).mtime).toEqual(OLD_TIME)
    expect(existsSync(join(folder, 'compose.override.yaml.pins'))).toBe(false)
  })

  it.each([
    ['an image that is not whole', () => `${host}/team/broken:1`, 1],
    ['an image that the registry does not have', () => `${host}/team/app:never`, 1],
    ['a registry that does not answer', () => '127.0.0.1:9/app:1', 3],
    ['a variable without a value', () => `app:$${'{TAG}'}`, 3],
  ])('writes nothing where it finds %s', async (_, reference, code) => {
    given({ 'compose.yaml': compose(reference()), 'compose.override.yaml': '' })
    const ran = await pin(...TO_OVERRIDE)
    expect(ran).toMatchObject({ code, stdout: '', stderr: expect.stringContaining('nothing was written') })
    expect(ran.stderr).toContain('compose.yaml:4')
    expect(fileAt('compose.override.yaml')).toBe('')
    expect(await pin(...TO_OVERRIDE, '--exclude', 'web')).toMatchObject({ code: 0 })
    expect(fileAt('compose.override.yaml')).toContain('team/db:9@sha256')
  })

  it('leaves out what compose builds and nobody pushed, and says it; what was pushed is pinned', async () => {
    const service = (name: string, reference: string): string =>
      `  ${name}:\n    build: .\n    image: ${reference}\n  ${name}-worker:\n    image: ${reference}\n`
    given({ 'compose.yaml': `services:\n${service('new', app('unpushed'))}${service('web', app())}` })
    const ran = await pin('--from', 'compose.yaml')
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(pinned()) })
    expect(ran.stdout).not.toContain('unpushed')
    expect(ran.stderr.split('\n').filter((line) => line.includes('is left out'))).toEqual([
      'regfsck: compose.yaml:4: service new is left out: compose builds its image, and the registry does not have it',
      'regfsck: compose.yaml:6: service new-worker is left out: compose builds its image, and the registry does not have it',
    ])
    expect(ran.stderr).not.toContain('image-unpullable')
  })

  it.each([
    ['list', () => `${pinned()}\n${host}/team/db:9@${second.descriptor.digest}\n`],
    ['env', () => `WEB_IMAGE=${pinned()}\nDB_IMAGE=${host}/team/db:9@${second.descriptor.digest}\n`],
  ])('prints --format %s', async (format, wanted) => {
    given({ 'compose.yaml': compose() })
    expect(await pin('--from', 'compose.yaml', '--format', format)).toMatchObject({ code: 0, stdout: wanted() })
  })

  it('prints --format json, with who uses each', async () => {
    given({ 'compose.yaml': compose() })
    const { stdout } = await pin('--from', 'compose.yaml', '--format', 'json', '--only', 'web')
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      writtenBy: 'regfsck pin',
      images: [
        {
          image: pinned(),
          name: `${host}/team/app`,
          tag: '1',
          digest: first.descriptor.digest,
          usedBy: [{ file: 'compose.yaml', line: 4, by: 'service web' }],
        },
      ],
    })
  })

  it('sets the images of a kustomization that somebody wrote, and nothing else in it', async () => {
    const manifest = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - {name: app, image: "${app()}"}\n`
    const text = `# ours\nresources: [pod.yaml]\nimages: # pinned\n- name: other\n  newTag: "2" # stays\n- name: ${host}/team/app\n  newTag: '1'\n`
    given({ 'pod.yaml': manifest, 'kustomization.yaml': text })
    const args = ['--from', 'pod.yaml', '--write', 'kustomization.yaml', '--format', 'kustomize']
    expect((await pin(...args)).code).toBe(0)
    const wanted = `${text.trimEnd()}\n  digest: ${first.descriptor.digest}\n`
    expect(fileAt('kustomization.yaml')).toBe(wanted)
    expect(await pin(...args)).toMatchObject({ code: 0, stderr: expect.stringContaining('up to date') })
    expect((await pin('--from', 'pod.yaml')).stdout).toBe(
      `# Written by regfsck pin. The next run replaces this file.\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n  - name: ${host}/team/app\n    newTag: "1"\n    digest: ${first.descriptor.digest}\n`,
    )
  })

  it('pins in place and keeps everything but the image: comments, line ends, a byte order mark', async () => {
    const text = `\uFEFF${compose().replaceAll('\n', '\r\n')}`
    given({
      'compose.yaml': text,
      Dockerfile: `FROM ${app()} AS base # not a comment\nFROM base\n`.replace(' # not a comment', ''),
    })
    const args = ['--from', 'compose.yaml', '--from', 'Dockerfile', '--in-place', '--exclude', 'db']
    expect((await pin(...args)).code).toBe(0)
    expect(fileAt('compose.yaml')).toBe(text.replace(app(), pinned()))
    expect(fileAt('Dockerfile')).toBe(`FROM ${pinned()} AS base\nFROM base\n`)
    expect(await pin(...args)).toMatchObject({ code: 0, stderr: expect.stringContaining('Dockerfile is up to date') })
  })

  it('does not replace variables in place, and says where they are; an override can pin them', async () => {
    given({ 'compose.yaml': compose(`${host}/team/app:$${'{TAG:-1}'}`) })
    const before = fileAt('compose.yaml')
    const ran = await pin('--from', 'compose.yaml', '--in-place')
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('compose.yaml:4: service web cannot be pinned in place'),
    })
    expect(fileAt('compose.yaml')).toBe(before)
    expect((await pin('--from', 'compose.yaml', '--only', 'web')).stdout).toContain(pinned())
  })

  it.each([
    ['a file that somebody wrote', ['--write', 'mine.yaml'], 'mine.yaml was not written by regfsck pin'],
    ['a selection that matches nothing', ['--only', 'wbe'], 'nothing is called "wbe"; did you mean web?'],
    ['two places', ['--write', 'x', '--in-place'], '--in-place: works without --write'],
    ['a rollback to nowhere', ['--write', 'x', '--rollback'], 'there are no earlier pins beside x'],
  ])('refuses %s', async (_, args, message) => {
    given({ 'compose.yaml': compose(), 'mine.yaml': 'services:\n  web:\n    ports: ["1:1"]\n' })
    const ran = await pin('--from', 'compose.yaml', ...args)
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
    expect(fileAt('mine.yaml')).toBe('services:\n  web:\n    ports: ["1:1"]\n')
  })

  it('never writes images into a manifest or a compose file, and does not wait for a FIFO', async () => {
    const pod = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: ${app()}\n`
    given({ 'pod.yaml': pod, 'compose.yaml': compose() })
    expect(await pin('--from', 'pod.yaml', '--write', 'pod.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('pod.yaml: it is no kustomization, because its kind is another'),
    })
    const other = await pin('--from', 'compose.yaml', '--write', 'compose.yaml', '--format', 'kustomize')
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('those have no "services"') })
    expect(fileAt('pod.yaml') + fileAt('compose.yaml')).toBe(pod + compose())
    execFileSync('mkfifo', [join(folder, 'fifo')])
    const fifo = await pin('--from', 'compose.yaml', '--write', 'fifo')
    expect(fifo).toMatchObject({ code: 2, stderr: expect.stringContaining('fifo is a FIFO: expected a file') })
  })

  it('writes no file with --dry-run, and says what would change', async () => {
    given({ 'compose.yaml': compose() })
    const ran = await pin(...TO_OVERRIDE, '--dry-run')
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(pinned()),
      stderr: expect.stringContaining('would be written'),
    })
    expect(existsSync(join(folder, 'compose.override.yaml'))).toBe(false)
    expect(await pin('--from', 'compose.yaml', '--in-place', '--dry-run')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('would be written'),
    })
    expect(fileAt('compose.yaml')).toBe(compose())
  })
})
