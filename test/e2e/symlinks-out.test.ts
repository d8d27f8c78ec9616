import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const json = (...args: readonly string[]) => regfsckHere(['scan', '--recheck-delay=0', '--output=json', ...args])

function outside(): string {
  const place = join(directory, 'outside')
  mkdirSync(join(place, 'upload'), { recursive: true })
  for (const path of [join(place, 'upload/data'), join(place, 'x.tmp')]) {
    writeFileSync(path, 'secret')
    utimesSync(path, 1, 1)
  }
  utimesSync(join(place, 'upload'), 1, 1)
  return place
}

describe('--garbage', () => {
  it.each(['_uploads', '_layers', '_manifests/tags/v9/current', '_manifests/revisions'])(
    'does not leave the registry through a link at %s',
    async (part) => {
      const root = copyOfFixture('lawful-artifact', join(directory, `garbage-${part.replaceAll('/', '-')}`))
      const [repository = ''] = targetIn(await json('--all-tags', root)).tags.map((tag) => tag.repository)
      const place = join(root, 'docker/registry/v2/repositories', repository, part)
      mkdirSync(join(place, '..'), { recursive: true })
      try {
        renameSync(place, join(directory, `moved-${part.replaceAll('/', '-')}`))
      } catch {
        // It was not there.
      }
      symlinkSync(outside(), place)
      const ran = await json('--garbage', root)
      expect(ran.stdout).not.toContain('upload-abandoned')
      expect(ran.stdout).not.toContain('crash-debris')
      expect(targetIn(ran).unchecked).toContainEqual(expect.objectContaining({ because: 'SYMLINK', path: place }))
    },
  )
})

describe('--follow-symlinks', () => {
  it('ends where links lead in a circle, and checks each repository once', async () => {
    const root = copyOfFixture('lawful-artifact', join(directory, 'circle'))
    const before = targetIn(await json(root)).totals
    const repositories = join(root, 'docker/registry/v2/repositories')
    for (const name of ['a', 'b', 'c']) symlinkSync('.', join(repositories, name))
    const ran = await json('--follow-symlinks', root)
    expect([ran.code, targetIn(ran).totals]).toEqual([0, before])
  })

  it('still checks a repository under its second name', async () => {
    const root = copyOfFixture('lawful-artifact', join(directory, 'alias'))
    const before = targetIn(await json('--all-tags', root))
    const repository = before.tags[0]?.repository.split('/')[0] ?? ''
    symlinkSync(repository, join(root, 'docker/registry/v2/repositories/second'))
    const after = targetIn(await json('--follow-symlinks', '--all-tags', root))
    expect(after.tags.some((tag) => tag.repository.startsWith('second'))).toBe(true)
  })
})
