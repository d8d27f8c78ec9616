import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { isRoot } from '../support/builders/faults/odd-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, regfsck, reportIn, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()

describe('a registry that holds no repository is not known to be whole', () => {
  it.each(['graph', 'blobs', 'content'])('blobs beside an empty repositories, at depth %s', async (depth) => {
    const root = makeRegistry(`emptied-${depth}`)
    const { repositories } = storagePaths(root)
    rmSync(repositories, { recursive: true })
    mkdirSync(repositories)
    const ran = await scan([root], '--depth', depth)
    expectUnread(ran, /has no repository although .*blobs has data: is it mounted\?/)
  })

  it('blobs beside directories that are no repositories', async () => {
    const root = makeRegistry('strangers')
    const { repositories } = storagePaths(root)
    rmSync(repositories, { recursive: true })
    mkdirSync(join(repositories, 'app/_uploads/x'), { recursive: true })
    expectUnread(await scan([root]), /has no repository although/)
  })

  it.each([
    ['nothing at all', 'docker/registry/v2'],
    ['an empty repositories', 'docker/registry/v2/repositories'],
    ['an empty blobs', 'docker/registry/v2/blobs/sha256'],
    ['what a garbage collection leaves of blobs', 'docker/registry/v2/blobs/sha256/ab'],
    ['an upload that was begun', 'docker/registry/v2/repositories/app/_uploads/x'],
  ])('neither repository nor blob: %s', async (_, path) => {
    const root = join(directory, 'bare', path.replaceAll('/', '-'))
    mkdirSync(join(root, path), { recursive: true })
    expectUnread(await scan([root]), /has neither a repository nor a blob: nothing was ever pushed, or/)
    expectUnread(await scan([join(root, 'docker/registry/v2')]), /has neither a repository nor a blob/)
  })

  it('and with an earlier run in --state nothing counts as fixed', async () => {
    const root = makeRegistry('lost-later')
    const at = storagePaths(root)
    rmSync(at.data(image('app').layers[0]?.descriptor.digest ?? ''))
    const state = join(directory, 'state.json')
    expect((await scan([root], '--state', state)).code).toBe(1)
    rmSync(at.repositories, { recursive: true })
    mkdirSync(at.repositories)
    const gone = await scan([root], '--state', state)
    expectUnread(gone, /has no repository/)
    expect(targetIn(gone).fixed).toBeUndefined()
  })

  it.each([['repositories'], ['blobs'], ['v2/repositories'], ['registry/v2/blobs']])(
    'a stranger’s directory that merely contains %s is no registry',
    async (path) => {
      const place = join(directory, 'stranger', `with-${path.replaceAll('/', '-')}`)
      mkdirSync(join(place, path, 'website/src'), { recursive: true })
      const ran = await scan([place])
      expectUnread(ran, /no registry at .*looked for docker\/registry\/v2.*has (repositories|blobs) but no/)
    },
  )

  it('a stranger’s repositories beside a real registry do not hide it', async () => {
    const place = join(directory, 'beside-strangers')
    mkdirSync(join(place, 'repositories/website'), { recursive: true })
    makeRegistry('beside-strangers/private')
    const ran = await scan([place])
    expect(ran.code).toBe(0)
    expect(reportIn(ran).targets.map(({ registry }) => registry)).toEqual(['private'])
  })
})

describe('a target one level off says what is right', () => {
  const root = makeRegistry('private', 'team/app')
  it.each([
    ['docker', ''],
    ['docker/registry', ''],
    ['docker/registry/v2/repositories', ''],
    ['docker/registry/v2/repositories/', ''],
    ['docker/registry/v2/repositories/team', ''],
    ['docker/registry/v2/repositories/team/app', 'team/app'],
    ['docker/registry/v2/repositories/team/app/_manifests/tags', 'team/app'],
    ['docker/registry/v2/repositories/team/app/_manifests/tags/latest', 'team/app'],
    ['docker/registry/v2/blobs', ''],
    ['docker/registry/v2/blobs/sha256', ''],
  ])('%s', async (path, repository) => {
    const ran = await scan([join(root, path)])
    const only = repository === '' ? '' : ` --repositories ${repository}`
    expectUnread(ran, `is inside a registry; its root is ${root}: scan that (regfsck scan ${root}${only})`)
  })

  it.each([
    ['v2', 'docker/registry', ''],
    ['registry/v2', 'docker', ''],
    ['volume', 'docker/registry/v2', '/volume'],
  ])('inside a mount that holds %s', async (below, from, extra) => {
    const place = join(directory, 'mounted', `of-${from.replaceAll('/', '-')}`)
    const home = join(place, extra)
    cpSync(join(root, from), home, { recursive: true })
    const v2 = join(place, below)
    expectUnread(await scan([join(v2, 'blobs/sha256')]), `its root is ${home}:`)
    expectUnread(await scan([join(v2, 'repositories/team/app')]), `its root is ${home}:`)
    // The mount itself is a registry, and so is what it holds.
    for (const target of [home, v2]) {
      const ran = await scan([target])
      expect(ran.code).toBe(0)
      expect(targetIn(ran)).toMatchObject({ complete: true, totals: { repositories: 1 } })
      expect(targetIn(ran).registry).toBe(home.slice(home.lastIndexOf('/') + 1))
    }
    expect(reportIn(await scan([join(directory, 'mounted')])).targets.map(({ target }) => target)).toContain(home)
  })

  it('a mount without its blobs asks for them', async () => {
    const place = join(directory, 'half')
    cpSync(join(root, 'docker/registry'), place, { recursive: true })
    rmSync(join(place, 'v2/blobs'), { recursive: true })
    expectUnread(await scan([place]), /v2 has repositories but no blobs, so it is not a registry: is it mounted\?/)
  })

  it('but a repository may be called docker/registry/v2, and a directory docker', async () => {
    const odd = makeRegistry('odd/docker', 'docker/registry/v2')
    const ran = await scan([odd])
    expect(ran.code).toBe(0)
    expect(targetIn(ran)).toMatchObject({ registry: 'docker', totals: { repositories: 1 } })
    expectUnread(await scan([join(odd, 'docker/registry/v2/repositories')]), `its root is ${odd}:`)
  })
})

describe('what lies beside a registry', () => {
  it('another registry below its root is named and not scanned', async () => {
    const root = makeRegistry('outer')
    makeRegistry('outer/mirror')
    for (const flags of [[], ['--registry', 'mine']]) {
      const ran = await scan([root], ...flags)
      expect(ran.code).toBe(0)
      expect(reportIn(ran).targets).toHaveLength(1)
      expect(targetIn(ran).unchecked).toEqual([
        expect.objectContaining({
          path: join(root, 'mirror'),
          because: 'NOT_SEARCHED',
          detail: expect.stringContaining('is another registry and was not scanned'),
        }),
      ])
    }
    const table = await regfsckHere(['scan', root])
    expect(table.stdout).toMatch(/^CLEAN {2}.*1 object or place above was skipped and not checked\.$/m)
    expect((await scan([root], '--exclude-target', 'mirror')).stdout).not.toContain('NOT_SEARCHED')
    const parent = await scan([directory, '--exclude-target', '!(outer)'])
    expect(reportIn(parent).targets.map(({ target }) => target)).toEqual([root, join(root, 'mirror')])
  })

  it.each(['.snapshots', '.snapshot', '.zfs', '@eaDir', '#snapshot', '.Trash-1000'])(
    'copies in %s are named and not scanned',
    async (name) => {
      const parent = join(directory, 'copies', encodeURIComponent(name))
      const root = makeRegistry(`copies/${encodeURIComponent(name)}/private`)
      makeRegistry(`copies/${encodeURIComponent(name)}/${name}/1/private`)
      makeRegistry(`copies/${encodeURIComponent(name)}/private/${name}/1/private`)
      for (const [target, places] of [
        [parent, [join(root, name), join(parent, name)].sort()],
        [root, [join(root, name)]],
      ] as const) {
        const ran = await scan([target])
        expect(ran.code).toBe(0)
        expect(reportIn(ran).targets.map((each) => each.target)).toEqual([root])
        expect(
          targetIn(ran)
            .unchecked.map(({ path, because }) => `${because} ${path}`)
            .sort(),
        ).toEqual(places.map((place) => `NOT_SEARCHED ${place}`))
      }
    },
  )

  it('copies alone are no registry, and the sentence says where they are', async () => {
    makeRegistry('only-copies/.snapshots/1')
    expectUnread(await scan([join(directory, 'only-copies')]), /no registry at .*not searched: .*\.snapshots/)
  })

  it('targets can be excluded; a pattern that leaves nothing is an error', async () => {
    const parent = join(directory, 'several')
    for (const name of ['private', 'old', 'backup/monday']) makeRegistry(`several/${name}`)
    const ran = await scan([parent], '--exclude-target', 'old', '--exclude-target', 'backup/**')
    expect(ran.code).toBe(0)
    expect(reportIn(ran).targets.map(({ registry }) => registry)).toEqual(['private'])
    expectUnread(await scan([parent], '--exclude-target', '**'), /--exclude-target leaves none/)
  })

  it.skipIf(!isRoot)('lost+found, which nobody may read, is named, and the run is complete', async () => {
    const parent = join(directory, 'volume')
    makeRegistry('volume/private')
    for (const place of ['lost+found', 'private/lost+found', 'private/other']) {
      mkdirSync(join(parent, place))
      chmodSync(join(parent, place), 0)
    }
    for (const [target, places] of [
      [parent, ['lost+found', 'private/lost+found', 'private/other']],
      [join(parent, 'private'), ['private/lost+found', 'private/other']],
    ] as const) {
      const ran = await regfsck(['scan', '--output', 'json', target], { uid: 65534 })
      expect(ran.code).toBe(0)
      expect(targetIn(ran)).toMatchObject({ complete: true, totals: { repositories: 1 } })
      expect(
        targetIn(ran)
          .unchecked.map(({ path }) => path)
          .sort(),
      ).toEqual(places.map((place) => join(parent, place)))
    }
    const alone = join(parent, 'private/other')
    expect((await regfsck(['scan', alone], { uid: 65534 })).code).toBe(4)
  })

  it('symbolic links that lead back up do not keep the search from ending', async () => {
    const parent = join(directory, 'circles')
    makeRegistry('circles/private')
    for (const name of ['one', 'two', 'private/three']) symlinkSync('.', join(parent, name))
    const ran = await scan([parent], '--follow-symlinks')
    expect(ran.code).toBe(0)
    expect(ran.took).toBeLessThan(5000)
    expect(reportIn(ran).targets.map(({ registry }) => registry)).toEqual(['private'])
  })
})

describe("GitLab's metadata database", () => {
  it('makes the links stale: the storage cannot be checked', async () => {
    const root = makeRegistry('gitlab')
    mkdirSync(join(root, 'docker/registry/lockfiles'))
    writeFileSync(join(root, 'docker/registry/lockfiles/database-in-use'), '')
    const sentence = /database-in-use says .*as with GitLab's metadata database, this storage cannot be checked/
    expectUnread(await scan([root]), sentence)
    expectUnread(await scan([join(root, 'docker/registry/v2')]), sentence)
    renameSync(join(root, 'docker'), join(root, 'mount'))
    expectUnread(await scan([join(root, 'mount')]), sentence)
  })

  it('and its mark for tags in files does not', async () => {
    const root = makeRegistry('gitlab-files')
    mkdirSync(join(root, 'docker/registry/lockfiles'))
    writeFileSync(join(root, 'docker/registry/lockfiles/filesystem-in-use'), '')
    expect((await scan([root])).code).toBe(0)
  })
})

function makeRegistry(path: string, repository = 'app'): string {
  const root = join(directory, path)
  storeImage(storagePaths(root), repository, image('app'))
  return root
}

function expectUnread(ran: Ran, sentence: string | RegExp): void {
  expect(ran.code).toBe(4)
  expect(reportIn(ran).verdict).toBe('incomplete')
  expect(targetIn(ran)).toMatchObject({ complete: false, totals: null })
  if (typeof sentence === 'string') expect(targetIn(ran).error).toContain(sentence)
  else expect(targetIn(ran).error).toMatch(sentence)
}

function scan(targets: readonly string[], ...flags: readonly string[]) {
  return regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', ...flags, ...targets])
}
