import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { catalogue } from '../../fixtures/catalogue.ts'
import { storeManifest, write } from '../support/builders/faults/damage-files.ts'
import { isRoot } from '../support/builders/faults/odd-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { image, index, json } from '../support/builders/images.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { type SaidTarget, scanJson, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

/** Somebody who owns nothing. */
const NOBODY = 65534
const directory = scratch()
const app = image('app')

describe('what a linked manifest names is not called unreferenced, whatever else is wrong', () => {
  const damaged = catalogue.filter(
    ({ form, expect, roots }) => form !== 'recipe' && expect.exit === undefined && !roots,
  )
  it.each(damaged.map(({ name }) => ({ name })))('$name', async ({ name }) => {
    const root = copyOfFixture(name, join(directory, name))
    age(root)
    const named = namedByLinkedManifests(storagePaths(root))
    expect(unreferencedIn(await scan(root)).filter((digest) => named.has(digest))).toEqual([])
  })

  it('in a manifest that is too large to be read', async () => {
    const at = storagePaths(join(directory, 'too-large'))
    storeImage(at, 'app', app)
    const document: unknown = JSON.parse(image('large').bytes.toString())
    for (const each of [image('large').config, ...image('large').layers])
      write(at.data(each.descriptor.digest), each.bytes)
    const large = json({ ...Object(document), annotations: { filler: 'x'.repeat(17 * 2 ** 20) } })
    storeManifest(at, 'app', large, 'large')
    age(at.base)
    const target = await scan(join(directory, 'too-large'))
    expect(target.findings.map(({ code, cause }) => `${code} ${cause}`)).toEqual(['manifest-damaged too-large'])
    expect(unreferencedIn(target)).toEqual([])
  })

  it('in a manifest that is nested too deep to be read', async () => {
    const at = storagePaths(join(directory, 'too-deep'))
    let node: Parameters<typeof index>[0][number] = app
    storeImage(at, 'app', app, 'app')
    for (let n = 0; n < 40; n++) {
      node = index([node])
      storeManifest(at, 'app', node.bytes)
    }
    storeManifest(at, 'app', node.bytes, 'deep')
    age(at.base)
    const target = await scan(join(directory, 'too-deep'))
    expect(unreferencedIn(target)).toEqual([])
    expect(target.findings).toEqual([])
  })
})

describe.skipIf(!isRoot)('behind a closed door may be whatever names a blob, so none is called unreferenced', () => {
  it.each<[string, (at: StoragePaths) => void]>([
    ['where a manifest cannot be read', (at) => chmodSync(at.data(app.descriptor.digest), 0)],
    ['where a revision link cannot be read', (at) => chmodSync(at.revisionLink('app', app.descriptor.digest), 0)],
    ['where the revisions cannot be listed', (at) => chmodSync(`${at.repository('app')}/_manifests/revisions`, 0)],
    ['where a repository cannot be listed', (at) => chmodSync(at.repository('app'), 0)],
    [
      'where a repository is a symlink',
      (at) => {
        renameSync(at.repository('app'), join(at.base, 'elsewhere'))
        symlinkSync('../elsewhere', at.repository('app'))
      },
    ],
  ])('%s', async (name, close) => {
    const root = join(directory, name.replaceAll(' ', '-'))
    const at = storagePaths(root)
    storeImage(at, 'app', app)
    age(root)
    close(at)
    const target = targetIn(await scanJson([root], ['--garbage'], { uid: NOBODY }))
    expect(target.findings).toEqual([])
    expect(target.complete).toBe(false)
  })
})

describe('garbage', () => {
  const digest = `sha256:${'0'.repeat(64)}`
  it.each([
    ['is an old blob that nothing names', true, [digest]],
    ['is no young blob: its push may still be under way', false, []],
  ] as const)('%s', async (name, old, unreferenced) => {
    const root = join(directory, name)
    const at = storagePaths(root)
    storeImage(at, 'app', app)
    write(at.data(digest), 'garbage')
    if (old) age(root)
    const target = await scan(root)
    expect(unreferencedIn(target)).toEqual(unreferenced)
    expect(target).toMatchObject({ complete: true, tags: [] })
  })
})

async function scan(root: string): Promise<SaidTarget> {
  return targetIn(await regfsckHere(['scan', '--garbage', '--output=json', '--recheck-delay=0', root]))
}

/** What is young may belong to a push that is still under way. */
function age(path: string): void {
  execFileSync('find', [path, '-exec', 'touch', '-h', '-d', '2020-01-01', '{}', '+'])
}

function unreferencedIn({ findings }: SaidTarget): string[] {
  return findings.flatMap(({ code, digest }) => (code === 'blob-unreferenced' && digest !== undefined ? [digest] : []))
}

/** Every digest in the text of every manifest that a revision link of any repository leads to, and those links. */
function namedByLinkedManifests(at: StoragePaths): ReadonlySet<string> {
  const links = readdirSync(at.repositories, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('/_manifests/revisions/') && path.endsWith('/link'))
    .map((path) => readFileSync(join(at.repositories, path), 'utf8'))
  return new Set(links.flatMap((link) => [link, ...namedIn(at.data(link))]))
}

function namedIn(manifest: string): string[] {
  try {
    return readFileSync(manifest, 'utf8').match(/sha256:[0-9a-f]{64}/g) ?? []
  } catch {
    return []
  }
}
