import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { write } from '../support/builders/faults/damage-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { artifact, image, index, type ManifestNode, manifestsUnder } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import type { Ran } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const whole = index([image('amd64'), image('arm64', { platform: 'linux/arm64' })])
const [old, deployed] = [image('old'), image('deployed')]
const { mediaType, digest, size } = whole.descriptor
const signature = artifact('signature', 'application/vnd.example.signature', {
  fields: { subject: { mediaType, digest, size } },
})
const arm64 = whole.children[1]?.descriptor.digest ?? ''
const nobodys = `sha256:${'0'.repeat(64)}`

describeWithServers(['docker-registry'], 'regfsck reachable', () => {
  const root = join(directory, 'registry')
  let registry: RunningRegistry

  beforeAll(async () => {
    registry = await startRegistry({ root })
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, whole, 'v1')
    await push(place, old)
    await push(place, deployed)
    await push(place, index([signature]), digest.replace(':', '-'))
    await push({ ...place, repository: 'team/other' }, old, 'v1')
  })

  afterAll(() => registry.stop())

  const targets: readonly (readonly [string, () => string])[] = [
    ['on disk', () => root],
    ['over the API', () => registry.url],
  ]

  it.each(targets)('%s: --protect-list has each digest with its repository, sorted', async (_, target) => {
    const ran = await reachable('--protect-list', target())
    const lines = [
      ...digestsUnder(whole, index([signature])).map((each) => `team/app@${each}`),
      ...digestsUnder(old).map((each) => `team/other@${each}`),
    ]
    expect(ran).toMatchObject({ code: 0, stderr: '', stdout: `${lines.join('\n')}\n` })
  })

  it.each(targets)('%s: answers for each digest, and exits with 1 because one is kept', async (_, target) => {
    const asked = [arm64, old.descriptor.digest, `team/app@${old.descriptor.digest}`, nobodys]
    const ran = await reachable('--digests-from', file('asked', asked), target())
    expect(ran.code).toBe(1)
    expect(ran.stdout.split('\n')).toEqual([
      `kept     ${arm64}  child of ${digest}, tag team/app:v1`,
      `kept     ${old.descriptor.digest}  tag team/other:v1`,
      `free     team/app@${old.descriptor.digest}`,
      `free     ${nobodys}`,
      '',
    ])
    expect(ran.stderr).toBe('regfsck: 4 digests asked for: 2 kept, 2 free, 0 unknown\n')
  })

  it.each(targets)('%s: says which deployed image keeps a digest, and where that stands', async (_, target) => {
    const compose = join(directory, 'compose.yaml')
    writeFileSync(compose, `services:\n  web:\n    image: ${registry.host}/team/app@${deployed.descriptor.digest}\n`)
    const asked = deployed.layers[0]?.descriptor.digest ?? ''
    const ran = await reachable('--digests-from', file('asked', [asked]), '--from', compose, target())
    const image = `${registry.host}/team/app@${deployed.descriptor.digest}`
    expect(ran).toMatchObject({
      code: 1,
      stdout: `kept     ${asked}  layer of ${deployed.descriptor.digest}, service web (${compose}:3) needs ${image}\n`,
    })
    expect(await reachable('--digests-from', file('asked', [asked]), target())).toMatchObject({ code: 0 })
  })

  it.each(targets)('%s: counts tags as deleted before they are', async (_, target) => {
    const tags = file('tags', ['team/app:v1'])
    const asked = file('asked', [`team/app@${digest}`, `team/app@${signature.descriptor.digest}`])
    const ran = await reachable('--digests-from', asked, '--without-tags', tags, target())
    expect(ran.stdout.split('\n').map((line) => line.slice(0, 7).trim())).toEqual(['free', 'kept', ''])
    const both = file('tags', ['team/app:v1', `team/app:${digest.replace(':', '-')}`])
    expect(await reachable('--digests-from', asked, '--without-tags', both, target())).toMatchObject({ code: 0 })
  })

  it.each(targets)('%s: sums up by repository', async (_, target) => {
    const ran = await reachable(target())
    expect(ran.code).toBe(0)
    expect(ran.stdout.replaceAll(/ +/g, ' ')).toContain(
      ' repository tags indexes manifests configs layers\n team/app 2 2 3 3 5\n team/other 1 0 1 1 2\n all 3 2 4 4 7\n',
    )
  })

  it('writes JSON that says the same', async () => {
    const ran = await reachable('--digests-from', file('asked', [arm64, nobodys]), '--output=json', root)
    const said = JSON.parse(ran.stdout)
    expect(said).toMatchObject({
      schemaVersion: 1,
      complete: true,
      targets: [{ registry: 'registry', kind: 'distribution', unknown: [] }],
      answers: [
        {
          line: 1,
          digest: arm64,
          answer: 'kept',
          at: [
            {
              repository: 'team/app',
              kind: 'manifest',
              roots: [{ is: 'tag', tag: 'v1' }],
              way: [{ relation: 'child', of: digest }],
            },
          ],
        },
        { line: 2, digest: nobodys, answer: 'free' },
      ],
    })
    const all = JSON.parse((await reachable('--output=json', root)).stdout)
    const listed = all.targets[0].repositories.flatMap((each: { repository: string; reached: { digest: string }[] }) =>
      each.reached.map((one) => `${each.repository}@${one.digest}`),
    )
    expect(listed).toEqual((await reachable('--protect-list', root)).stdout.trim().split('\n'))
    expect(all.answers).toBeUndefined()
  })

  it('looks into the selected repositories only, and does not call a digest of another free', async () => {
    const asked = file('asked', [`team/other@${nobodys}`])
    const ran = await reachable('--digests-from', asked, '--repositories', 'team/app', '--', root)
    expect(ran).toMatchObject({
      code: 3,
      stdout: `unknown  team/other@${nobodys}  no repository team/other was read\n`,
    })
  })
})

describe('nothing is called free while something could not be read', () => {
  const target = (name: string): string => {
    const root = join(directory, name)
    storeImage(storagePaths(root), 'app', old, 'v1')
    storeImage(storagePaths(root), 'other', deployed, 'v1')
    return root
  }
  const asked = () => file('asked', [old.descriptor.digest, nobodys, `app@${nobodys}`, `other@${nobodys}`])
  const answersIn = ({ stdout }: Ran): string[] =>
    stdout.split('\n').flatMap((line) => (line === '' ? [] : line.slice(0, 7).trim()))

  it('in that repository, and where any repository is meant', async () => {
    const root = target('unreadable-tag')
    write(storagePaths(root).tagLink('app', 'v2'), '')
    const ran = await reachable('--digests-from', asked(), root)
    expect(answersIn(ran)).toEqual(['kept', 'unknown', 'unknown', 'free'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('regfsck: not known: app:v2: names nothing that can be read (link-invalid) (')
    expect(ran.stderr).toContain('delete nothing')
    expect((await reachable('--digests-from', file('asked', [nobodys]), root)).code).toBe(3)
    expect((await reachable('--protect-list', root)).code).toBe(3)
  })

  it('in no repository, where the files of --from are not understood', async () => {
    const root = target('unknown-reference')
    const compose = join(directory, 'unknown.yaml')
    writeFileSync(compose, 'services:\n  web:\n    image: app:$TAG\n')
    const ran = await reachable('--digests-from', asked(), '--from', compose, root)
    expect(answersIn(ran)).toEqual(['kept', 'unknown', 'unknown', 'unknown'])
  })

  it('where no repository has a tag, as in the storage of Harbor', async () => {
    const root = target('without-tags')
    for (const repository of ['app', 'other'])
      rmSync(join(storagePaths(root).repository(repository), '_manifests/tags'), { recursive: true })
    const ran = await reachable('--digests-from', asked(), root)
    expect(answersIn(ran)).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('Harbor') })
  })

  it('but a registry whose last tags count as deleted is no such storage', async () => {
    const root = target('all-tags-go')
    const tags = file('tags', ['app:v1', 'other:v1'])
    const ran = await reachable('--digests-from', asked(), '--without-tags', tags, root)
    expect(answersIn(ran)).toEqual(['free', 'free', 'free', 'free'])
    expect(ran.code).toBe(0)
  })

  it('where a selected repository does not exist', async () => {
    const ran = await reachable('--digests-from', asked(), '--repositories=app', '--repositories=aap', target('typo'))
    expect(answersIn(ran)).toEqual(['kept', 'unknown', 'unknown', 'unknown'])
  })

  it('where there is no registry', async () => {
    const nowhere = join(directory, 'nowhere')
    const ran = await reachable('--digests-from', asked(), nowhere)
    expect(answersIn(ran)).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
    expect(ran.code).toBe(4)
    expect(await reachable('--protect-list', nowhere)).toMatchObject({ code: 4, stdout: '' })
  })
})

describe('usage', () => {
  const root = join(directory, 'usage')
  beforeAll(() => storeImage(storagePaths(root), 'app', old, 'v1'))

  it('garbage among the digests is one error that names the lines, and nothing is looked up', async () => {
    const lines = ['# a comment', nobodys, 'sha256:abc', '', 'app:v1', `App@${nobodys}`, 'x', 'https://u:secret@host/y']
    const asked = file('asked', lines)
    expect(await reachable('--digests-from', asked, root)).toEqual({
      code: 2,
      stdout: '',
      stderr: `regfsck: --digests-from: expected DIGEST or REPOSITORY@DIGEST in each line of ${asked}, but line 3 is "sha256:abc", line 5 is "app:v1", line 6 is "App@${nobodys}" and 2 more; nothing was looked up\n`,
      took: expect.any(Number),
    })
  })

  it('digests of Windows files, and none at all', async () => {
    writeFileSync(join(directory, 'crlf'), `app@${nobodys}\r\n\r\n`)
    expect(await reachable('--digests-from', join(directory, 'crlf'), root)).toMatchObject({
      code: 0,
      stdout: `free     app@${nobodys}\n`,
    })
    expect(await reachable('--digests-from', file('asked', ['']), root)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'regfsck: 0 digests asked for: 0 kept, 0 free, 0 unknown\n',
    })
  })

  it.each([
    [['--protect-list', '--digests-from=/dev/null'], '--protect-list and --digests-from: give one'],
    [['--digests-from=-', '--without-tags=-'], 'only one can read standard input'],
    [['--without-tags=/dev/stdin', '--output=html'], '--output: expected table or json, not "html"'],
    [['--digests-from=/nowhere/at/all'], '--digests-from: cannot read /nowhere/at/all'],
    [['--recursive'], '--recursive: only works with --from'],
    [['--registry-url=not a url'], '--registry-url: expected https://HOST'],
    [['--protct-list'], 'unknown option "--protct-list"; did you mean --protect-list?'],
  ])('%j is refused', async (flags, problem) => {
    const ran = await reachable(...flags, root)
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(problem) })
  })

  it('a tag that is no tag, and a list of several registries, are refused', async () => {
    const tags = file('tags', ['app:v1', 'app'])
    expect(await reachable('--without-tags', tags, root)).toMatchObject({
      code: 2,
      stderr: `regfsck: --without-tags: expected REPOSITORY:TAG in each line of ${tags}, but line 2 is "app"; nothing was looked up\n`,
    })
    mkdirSync(join(directory, 'both'))
    for (const name of ['one', 'two']) storeImage(storagePaths(join(directory, 'both', name)), 'app', old, 'v1')
    expect(await reachable('--protect-list', join(directory, 'both'))).toMatchObject({
      code: 2,
      stderr: 'regfsck: --protect-list: is about one registry, and there are 2: ask about them one by one\n',
    })
    const ran = await reachable('--digests-from', file('asked', [old.descriptor.digest]), join(directory, 'both'))
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('; also in app') })
  })

  it('writes into no registry', async () => {
    const ran = await reachable(`--output=json=${join(root, 'docker/registry/v2/reach.json')}`, root)
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("is inside the registry's storage") })
  })
})

function reachable(...args: readonly string[]): Promise<Ran> {
  return regfsckHere(['reachable', ...args])
}

function file(name: string, lines: readonly string[]): string {
  const path = join(directory, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function digestsUnder(...nodes: readonly ManifestNode[]): readonly string[] {
  const manifests = nodes.flatMap(manifestsUnder)
  const blobs = manifests.flatMap((each) => (each.kind === 'image' ? [each.config, ...each.layers] : []))
  return [...new Set([...manifests, ...blobs].map((each) => each.descriptor.digest))].sort()
}
