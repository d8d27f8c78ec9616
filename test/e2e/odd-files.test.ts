import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  device,
  fifo,
  isRoot,
  type Replace,
  socket,
  symlinkAside,
  symlinkTo,
  symlinkToItself,
} from '../support/builders/faults/odd-files.ts'
import {
  type ExposedRepository,
  storagePlaces,
  storeExposed,
  storeImage,
  vitalPlaces,
} from '../support/builders/faults/storage-places.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, type SaidTarget, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

/** Milliseconds after which a scan is taken to wait for what never comes. */
const STUCK = 30_000
const directory = scratch()
const pristine = join(directory, 'pristine')
beforeAll(() => {
  storeExposed(pristine)
})

interface Oddity {
  readonly name: string
  readonly puts: Replace
  readonly because: RegExp
  readonly flags?: readonly string[]
  readonly skip?: boolean
}

const follow = ['--follow-symlinks']
const oddities: readonly Oddity[] = [
  { name: 'a symlink', puts: symlinkAside, because: /^SYMLINK$/ },
  { name: 'a symlink to itself', puts: symlinkToItself, because: /^SYMLINK$/ },
  { name: 'a symlink to itself, followed', puts: symlinkToItself, because: /^SYMLINK$/, flags: follow },
  { name: 'a FIFO', puts: fifo, because: /^STORE_MALFORMED$/ },
  // A socket cannot even be opened.
  { name: 'a socket', puts: socket, because: /^STORE_(MALFORMED|READ_FAILED)$/ },
  { name: 'a device', puts: device, because: /^STORE_MALFORMED$/, skip: !isRoot },
  { name: 'a symlink to a FIFO, followed', puts: symlinkTo(fifo), because: /^STORE_MALFORMED$/, flags: follow },
  {
    name: 'a symlink to a device, followed',
    puts: symlinkTo(device),
    because: /^STORE_MALFORMED$/,
    flags: follow,
    skip: !isRoot,
  },
]

describe.each(oddities)('$name in the storage', ({ name, puts, because, flags = [], skip = false }) => {
  describe.skipIf(skip)('is not waited for, not followed and no damage', () => {
    const place = join(directory, name.replaceAll(/\W+/g, '-'))
    let ran: Ran
    let exposed: readonly ExposedRepository[]
    beforeAll(async () => {
      exposed = storeExposed(join(place, 'registry'))
      for (const { path } of exposed) await puts(path, join(place, 'aside'))
      const roots = await vitalRoots(place, puts)
      const all = ['--all-tags', '--depth', 'content', '--concurrency', '1', ...flags]
      ran = await scanJson([join(place, 'registry'), ...roots], all, { limit: STUCK })
    })

    it.each(storagePlaces)('in place of $name', ({ name: position, tagKnown }) => {
      const target = targetIn(ran, 'registry')
      const repository = `odd/${position}`
      const { path = '' } = exposed.find((each) => each.repository === repository) ?? {}
      expect(target.findings.filter((each) => each.repository === repository)).toEqual([])
      expect(verdictOf(target, repository)).toBe(tagKnown ? 'unchecked' : undefined)
      const named = target.unchecked.filter((each) => each.path?.startsWith(path))
      expect(named.map((each) => each.because)).toContainEqual(expect.stringMatching(because))
    })

    it.each(vitalPlaces)('in place of $name: nothing can be said about the registry', ({ name: position }) => {
      const target = targetIn(ran, position)
      expect(target).toMatchObject({ totals: null, complete: false, findings: [], error: expect.any(String) })
    })

    it('leaves the rest of the registry to be judged', () => {
      const target = targetIn(ran, 'registry')
      expect(target.complete).toBe(false)
      expect(target.findings).toEqual([])
      expect(verdictOf(target, 'whole')).toBe('intact')
      expect(ran.code).toBe(3)
    })
  })
})

describe('symlinks that the operator wants to be followed', () => {
  it('make the registry whole again, wherever they are', async () => {
    const place = join(directory, 'followed')
    for (const { path } of storeExposed(join(place, 'registry'))) await symlinkAside(path, join(place, 'aside'))
    const roots = await vitalRoots(place, symlinkAside)
    const flags = ['--depth', 'content', '--concurrency', '1']
    const [followed, whole] = await Promise.all([
      scanJson([join(place, 'registry'), ...roots], [...flags, ...follow], { limit: STUCK }),
      scanJson([pristine], flags),
    ])
    expect(followed.code).toBe(0)
    expect(targetIn(followed, 'registry').totals).toEqual(targetIn(whole, 'pristine').totals)
    for (const { name } of vitalPlaces) expect(targetIn(followed, name).totals).toMatchObject(ONE_TAG)
  })

  it('end where they lead round in a circle', async () => {
    const place = join(directory, 'circle')
    storeOne(place)
    symlinkSync('..', join(storagePaths(place).repositories, 'app', 'up'))
    const ran = await scanJson([place], follow, { limit: STUCK })
    expect(targetIn(ran).findings).toEqual([])
    expect(verdictOf(targetIn(await scanJson([place], [...follow, '--all-tags'])), 'app')).toBe('intact')
  })
})

describe('the target itself', () => {
  it('may be a symlink', async () => {
    const place = join(directory, 'link-to-pristine')
    symlinkSync(pristine, place)
    const ran = await scanJson([place])
    expect(ran.code).toBe(0)
    expect(targetIn(ran, 'link-to-pristine').totals?.tags['intact']).toBe(storagePlaces.length + 1)
  })

  it('is not read where it is a FIFO', async () => {
    const place = join(directory, 'fifo')
    mkdirSync(place)
    await fifo(place, '')
    expect(await scanJson([place], [], { limit: STUCK })).toMatchObject({ code: 4 })
  })
})

describe('odd things where a registry keeps nothing', () => {
  it('are named, and everything else is intact', async () => {
    const place = join(directory, 'beside')
    cpSync(pristine, place, { recursive: true })
    const { repositories } = storagePaths(place)
    for (const path of ['whole/odd', 'whole/_manifests/tags/odd', 'odd-too'].map((each) => join(repositories, each))) {
      mkdirSync(path)
      await fifo(path, '')
    }
    const ran = await scanJson([place], [], { limit: STUCK })
    const target = targetIn(ran)
    expect(ran.code).toBe(3)
    expect(target.findings).toEqual([])
    expect(target.tags).toEqual([])
    expect(target.unchecked.map(({ because }) => because)).toEqual(Array(3).fill('STORE_MALFORMED'))
    rmSync(place, { recursive: true })
  })
})

const ONE_TAG = { repositories: 1, tags: { intact: 1 }, manifests: { intact: 1 }, blobs: { intact: 3 } }

/** A registry of one image for each position that a whole target hangs on, named after it. */
async function vitalRoots(place: string, puts: Replace): Promise<string[]> {
  const roots = vitalPlaces.map(({ name }) => join(place, name))
  for (const [n, { of }] of vitalPlaces.entries()) {
    storeOne(roots[n] ?? '')
    await puts(of(storagePaths(roots[n] ?? '')), join(place, 'aside'))
  }
  return roots
}

function storeOne(root: string): void {
  storeImage(storagePaths(root), 'app', image('app'))
}

function verdictOf({ tags }: SaidTarget, repository: string): string | undefined {
  return tags.find((tag) => tag.repository === repository)?.verdict
}
