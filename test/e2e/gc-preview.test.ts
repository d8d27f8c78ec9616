import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { truncate, write } from '../support/builders/faults/damage-files.ts'
import { image, index } from '../support/builders/images.ts'
import { pushByReference } from '../support/builders/push.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { everyTag, walkRegistry } from '../support/oracles/plain-walker.ts'
import { scratch } from '../support/scratch.ts'
import { collectGarbage, withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const amd64 = image('ci amd64', { platform: 'linux/amd64' })
const arm64 = image('ci arm64', { platform: 'linux/arm64' })
const multi = index([amd64, arm64])
const app = image('app')
const old = image('old')

/** Each of them on a real 2.8.2: what the preview says of a copy, and what the collection does to it. */
describeWithServers(['docker-registry'], 'before a real garbage collection, the preview', () => {
  const base = join(directory, 'base')

  beforeAll(async () => {
    await withRegistry({ root: base }, ({ url }) =>
      pushByReference((repository) => ({ url, repository }), {
        'infra-ci:latest': multi,
        'team/app:v1': old,
        'team/app:v2': app,
      }),
    )
    // The tag moved: the old revision is untagged.
    const at = storagePaths(base)
    write(at.tagLink('team/app', 'v1'), app.descriptor.digest)
  })

  describe.each<AbortCase>([
    {
      name: 'an empty revision link',
      cause: 'revision-link-invalid',
      words: 'invalid checksum digest format',
      harm: (at) => emptied(at.revisionLink('team/app', old.descriptor.digest)),
    },
    {
      name: 'a manifest that was cut short',
      cause: 'manifest-undecodable',
      words: 'failed to retrieve manifest for digest ',
      harm: (at) => cut(at.data(app.descriptor.digest)),
    },
    {
      name: 'an empty tag link',
      cause: 'tag-link-invalid',
      words: 'invalid checksum digest format',
      onlyWithM: true,
      harm: (at) => emptied(at.tagLink('team/app', 'v1')),
    },
    {
      name: 'a file among the tags',
      cause: 'file-in-tags',
      words: '_manifests/tags/.DS_Store/current/link: not a directory',
      onlyWithM: true,
      harm: (at) => added(join(tagsOf(at), '.DS_Store')),
    },
    {
      name: 'a repository without a directory of tags',
      cause: 'tags-missing',
      words: 'unknown repository name=team/app',
      onlyWithM: true,
      harm: (at) => {
        rmSync(tagsOf(at), { recursive: true })
        return tagsOf(at)
      },
    },
    {
      name: 'a copy of a directory among the blobs',
      cause: 'stray-data',
      words: 'unsupported digest algorithm',
      harm: (at) => {
        const place = dirname(at.data(app.descriptor.digest))
        mkdirSync(join(place, 'copy'))
        cpSync(join(place, 'data'), join(place, 'copy/data'))
        return join(place, 'copy/data')
      },
    },
  ])('names $name, at which the engine stops', ({ name, cause, words, harm, onlyWithM = false }) => {
    const root = join(directory, name)
    let path: string

    beforeAll(() => {
      cpSync(base, root, { recursive: true })
      path = harm(storagePaths(root))
    })

    it.each([false, true])('with --delete-untagged %s', async (deleteUntagged) => {
      const said = await preview(root, deleteUntagged)
      const real = await collectGarbage(copyOf(root), { deleteUntagged })
      if (onlyWithM && !deleteUntagged) {
        expect([said.aborts, real.code]).toEqual([[], 0])
        return
      }
      expect(said.aborts.map(({ kind, path: at }) => [kind, at])).toEqual([[cause, path]])
      expect(said.findings.filter(({ code }) => code === 'gc-would-abort')).toMatchObject([
        { cause, evidence: { path } },
      ])
      expect([said.code, real.code]).toEqual([1, 1])
      expect([said.aborts[0]?.error, real.output]).toEqual([
        expect.stringContaining(words),
        expect.stringContaining(words),
      ])
    })
  })

  it('says what the engine breaks with --delete-untagged: the tag, its platforms, and the deployed digest', async () => {
    const file = join(directory, 'images.txt')
    writeFileSync(
      file,
      `registry.example.com/team/app@${old.descriptor.digest}\nregistry.example.com/infra-ci:latest\n`,
    )
    const said = await preview(base, true, ['--from', file, '--from-type', 'list'])
    expect(said.code).toBe(1)
    expect(said.broken.map(({ repository, tag, becomes }) => ({ repository, tag, becomes }))).toEqual(
      expect.arrayContaining([
        { repository: 'infra-ci', tag: 'latest', becomes: 'unpullable' },
        { repository: 'team/app', tag: undefined, becomes: 'gone' },
      ]),
    )
    expect(said.broken.find(({ tag }) => tag === 'latest')?.platforms).toEqual(['linux/amd64', 'linux/arm64'])
    expect(said.deployed.map(({ image: text }) => text.replace(/.*\//, ''))).toEqual([
      `app@${old.descriptor.digest}`,
      'infra-ci:latest',
    ])
    const copy = copyOf(base)
    expect((await collectGarbage(copy, { deleteUntagged: true })).code).toBe(0)
    expect(await unpullable(copy)).toEqual(['infra-ci:latest'])
    expect(existsSync(storagePaths(copy).revisionLink('team/app', old.descriptor.digest))).toBe(false)
  })

  it('is silent without --delete-untagged, and the engine breaks nothing', async () => {
    const said = await preview(base, false)
    expect(said).toMatchObject({ code: 0, findings: [], aborts: [], broken: [] })
    const copy = copyOf(base)
    expect((await collectGarbage(copy, { deleteUntagged: false })).code).toBe(0)
    expect(await unpullable(copy)).toEqual([])
  })

  it('is silent with it where nothing but untagged revisions goes, and the engine breaks nothing', async () => {
    const root = copyOf(base)
    rmSync(storagePaths(root).repository('infra-ci'), { recursive: true })
    const said = await preview(root, true)
    expect(said).toMatchObject({ code: 0, findings: [], intended: 1 })
    expect((await collectGarbage(root, { deleteUntagged: true })).code).toBe(0)
    expect(await unpullable(root)).toEqual([])
  })

  it('says that 2.8 sweeps what a repository without _layers holds, without the flag too', async () => {
    const root = copyOf(base)
    rmSync(join(storagePaths(root).base, 'repositories/team/app/_layers'), { recursive: true })
    // The layers are linked nowhere now, so the tags are broken before; the manifests can still be pulled.
    const said = await preview(root, false)
    const real = await collectGarbage(root)
    expect(real.code).toBe(0)
    expect(said.broken.length > 0 || said.freed > 0).toBe(true)
    expect(existsSync(storagePaths(root).data(app.descriptor.digest))).toBe(false)
  })
})

describe('a preview of what cannot be read', () => {
  it('never says that it is safe', async () => {
    const ran = await regfsckHere(['gc-preview', join(directory, 'nothing')])
    expect(ran.code).toBe(4)
    expect(ran.stdout).toContain('UNKNOWN')
    expect(ran.stdout).not.toContain('NOTHING BREAKS')
  })

  it('of deployed images that are elsewhere is incomplete', async () => {
    const root = join(directory, 'elsewhere')
    const at = storagePaths(root)
    write(at.data(app.descriptor.digest), app.bytes)
    for (const each of [app.config, ...app.layers]) {
      write(at.data(each.descriptor.digest), each.bytes)
      write(at.layerLink('app', each.descriptor.digest), each.descriptor.digest)
    }
    write(at.revisionLink('app', app.descriptor.digest), app.descriptor.digest)
    write(at.tagLink('app', 'v1'), app.descriptor.digest)
    const file = join(directory, 'elsewhere.txt')
    writeFileSync(file, 'registry.example.com/other:v1\n')
    const ran = await regfsckHere(['gc-preview', '--engine', '2.8', '--from', file, '--from-type', 'list', root])
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('none of the 1 images is in a registry that was read')
    expect(ran.stdout).toContain('UNKNOWN')
  })
})

interface AbortCase {
  readonly name: string
  readonly cause: string
  /** What the engine says, in part: it also names a revision, whichever it meets first. */
  readonly words: string
  readonly onlyWithM?: boolean
  /** @returns the file at which the engine stops */
  readonly harm: (at: StoragePaths) => string
}

interface Said {
  readonly code: number
  readonly aborts: readonly { readonly kind: string; readonly path: string; readonly error: string }[]
  readonly broken: readonly {
    readonly repository: string
    readonly tag?: string
    readonly becomes: string
    readonly platforms: readonly string[]
  }[]
  readonly deployed: readonly { readonly image: string }[]
  readonly findings: readonly { readonly code: string }[]
  readonly intended: number
  readonly freed: number
}

async function preview(root: string, deleteUntagged: boolean, more: readonly string[] = []): Promise<Said> {
  const flag = deleteUntagged ? 'yes' : 'no'
  const args = ['gc-preview', '--output', 'json', '--engine', '2.8', '--delete-untagged', flag, ...more, root]
  const { code, stdout, stderr } = await regfsckHere(args)
  if (stdout === '') throw new Error(stderr)
  const [target] = JSON.parse(stdout).targets
  const [collection] = target.collections
  return { code, ...collection, freed: collection.freed.bytes, findings: target.findings }
}

let copies = 0
function copyOf(root: string): string {
  const copy = join(directory, `copy-${copies++}`)
  cpSync(root, copy, { recursive: true })
  return copy
}

/** Tags of which a client cannot have everything, after the registry was started on the storage. */
function unpullable(root: string): Promise<string[]> {
  return withRegistry({ root }, async ({ url }) => {
    const walked = await walkRegistry(url, await everyTag(url))
    return walked.filter(({ is }) => is !== 'whole').map(({ repository, tag }) => `${repository}:${tag}`)
  })
}

function tagsOf(at: StoragePaths): string {
  return join(at.base, 'repositories/team/app/_manifests/tags')
}

function emptied(path: string): string {
  write(path, '')
  return path
}

function cut(path: string): string {
  truncate(path, 40)
  return path
}

function added(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'x')
  return path
}
