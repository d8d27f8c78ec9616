import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { isRoot } from '../support/builders/faults/odd-files.ts'
import {
  type ExposedRepository,
  type StoragePlace,
  storagePlaces,
  storeExposed,
  storeImage,
  vitalPlaces,
} from '../support/builders/faults/storage-places.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, type SaidTarget, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

/** Somebody who owns nothing. */
const NOBODY = 65534
const directory = scratch()

interface Denial {
  readonly name: string
  readonly mode: number
  /** Whether that hurts at a position. */
  readonly denies: (at: { readonly isListed: boolean; readonly is?: StoragePlace['is'] }) => boolean
}

const denials: readonly Denial[] = [
  { name: 'every right', mode: 0o000, denies: () => true },
  { name: 'the right to enter a directory', mode: 0o444, denies: ({ is }) => is !== 'file' },
  { name: 'the right to list a directory', mode: 0o311, denies: ({ isListed }) => isListed },
]

describe.skipIf(!isRoot).each(denials)('without $name', ({ mode, denies }) => {
  const place = join(directory, mode.toString(8))
  let ran: Ran
  let exposed: readonly ExposedRepository[]
  beforeAll(async () => {
    exposed = storeExposed(join(place, 'registry'))
    for (const { place: where, path } of exposed) if (where.is === 'directory' || mode === 0) chmodSync(path, mode)
    const roots = vitalPlaces.map(({ name }) => join(place, name))
    for (const [n, { of }] of vitalPlaces.entries()) {
      storeImage(storagePaths(roots[n] ?? ''), 'app', image('app'))
      chmodSync(of(storagePaths(roots[n] ?? '')), mode)
    }
    const flags = ['--all-tags', '--depth', 'content', '--concurrency', '1']
    ran = await scanJson([join(place, 'registry'), ...roots], flags, { uid: NOBODY })
  })

  it.each(storagePlaces.filter(denies))('to $name: it is named, unchecked and no damage', ({ name, isListed }) => {
    const target = targetIn(ran, 'registry')
    const { path = '', repository } = exposed.find((each) => each.place.name === name) ?? {}
    expect(target.findings.filter((each) => each.repository === repository)).toEqual([])
    const named = target.unchecked.filter((each) => each.path?.startsWith(path))
    expect(new Set(named.map((each) => each.because))).toEqual(new Set(['STORE_DENIED']))
    // What cannot be listed can still be opened by its name, and may well be whole.
    if (!(isListed && mode === 0o311)) expect([undefined, 'unchecked']).toContain(verdictOf(target, repository))
  })

  it.each(storagePlaces.filter((each) => !denies(each)))('to $name, which nobody needs: it is intact', ({ name }) => {
    expect(verdictOf(targetIn(ran, 'registry'), `odd/${name}`)).toBe('intact')
  })

  it.each(vitalPlaces.filter(denies))('to $name: the registry is unchecked, and no damage', ({ name }) => {
    const target = targetIn(ran, name)
    expect(target).toMatchObject({ complete: false, findings: [] })
    if (target.totals === null) expect(target.error).toMatch(/EACCES|denied/)
    else expect(target.unchecked).toContainEqual(expect.objectContaining({ because: 'STORE_DENIED' }))
  })

  it('leaves the rest to be judged, and ends with 3', () => {
    const target = targetIn(ran, 'registry')
    expect(target.findings).toEqual([])
    expect(verdictOf(target, 'whole')).toBe('intact')
    expect(ran.code).toBe(3)
  })
})

describe.skipIf(!isRoot)('a registry that may only be read', () => {
  it('is scanned by somebody who owns none of it', async () => {
    const place = join(directory, 'readable')
    storeExposed(place)
    const ran = await scanJson([place], ['--depth', 'content', '--garbage'], { uid: NOBODY })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(targetIn(ran)).toMatchObject({ complete: true, findings: [], unchecked: [] })
  })

  it('that may not be entered at all ends with 4', async () => {
    const place = join(directory, 'closed')
    storeImage(storagePaths(place), 'app', image('app'))
    chmodSync(place, 0)
    const ran = await scanJson([place], [], { uid: NOBODY })
    expect(ran).toMatchObject({ code: 4, stderr: '' })
    expect(targetIn(ran).error).toMatch(/EACCES|denied/)
  })

  it('that stands beside one which may not be entered is judged all the same', async () => {
    const parent = join(directory, 'parent')
    for (const name of ['open', 'closed']) storeImage(storagePaths(join(parent, name)), 'app', image('app'))
    chmodSync(join(parent, 'closed'), 0)
    const ran = await scanJson([parent], ['--all-tags'], { uid: NOBODY })
    // Nobody can tell it from lost+found: it is named, and does not make every run incomplete.
    expect(ran.code).toBe(0)
    expect(verdictOf(targetIn(ran, 'open'), 'app')).toBe('intact')
    expect(targetIn(ran, 'open').unchecked).toEqual([
      expect.objectContaining({ path: join(parent, 'closed'), because: 'NOT_SEARCHED' }),
    ])
  })
})

function verdictOf({ tags }: SaidTarget, repository: string | undefined): string | undefined {
  return tags.find((tag) => tag.repository === repository)?.verdict
}
