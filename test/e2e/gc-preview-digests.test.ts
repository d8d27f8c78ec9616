import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, it, vi } from 'vitest'
import { write } from '../support/builders/faults/damage-files.ts'
import { image, index } from '../support/builders/images.ts'
import { pushByReference } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { collectGarbage, withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const amd64 = image('pinned amd64', { platform: 'linux/amd64' })
const multi = index([amd64, image('pinned arm64', { platform: 'linux/arm64' })])
const app = image('pinned app')
const CHILD = amd64.descriptor.digest
const KEPT = app.descriptor.digest

describeWithServers(['docker-registry'], 'what is deployed by the digest of one platform', () => {
  const tagged = join(directory, 'tagged')
  const untagged = join(directory, 'untagged')

  beforeAll(async () => {
    await withRegistry({ root: tagged }, ({ url }) =>
      pushByReference((repository) => ({ url, repository }), { 'team/app:latest': multi, 'team/app:v2': app }),
    )
    cpSync(tagged, untagged, { recursive: true })
    rmSync(dirname(dirname(storagePaths(untagged).tagLink('team/app', 'latest'))), { recursive: true })
  })

  it.each([
    ['a tagged index', tagged, ['latest', undefined]],
    ['an index that lost its tag', untagged, [undefined]],
  ])('is lost with %s: the preview says so, and after a real collection it is not served', async (_, root, tags) => {
    const said = await preview(root, CHILD)
    expect([said.code, said.deployed, said.broken.map(({ tag }) => tag)]).toEqual([1, [CHILD], tags])
    expect(said.broken.at(-1)).toMatchObject({ digest: CHILD, becomes: 'gone' })
    expect(await statusAfter(root, CHILD)).toBe(404)
  })

  it('is not lost where it has a tag: the preview is silent, and after a real collection it is served', async () => {
    expect(await preview(untagged, KEPT)).toMatchObject({ code: 0, deployed: [], broken: [] })
    expect(await statusAfter(untagged, KEPT)).toBe(200)
  })

  it('does not make the deletion of an untagged index a breakage where nothing runs of it', async () => {
    expect((await preview(untagged, undefined)).code).toBe(0)
  })
})

it('a chain of 6,000 indexes ends no preview', { timeout: 60_000 }, async () => {
  const root = join(directory, 'chain')
  const at = storagePaths(root)
  for (const each of [app.config, ...app.layers]) {
    write(at.data(each.descriptor.digest), each.bytes)
    write(at.layerLink('deep', each.descriptor.digest), each.descriptor.digest)
  }
  let top: Parameters<typeof index>[0][number] = app
  for (let depth = 0; depth <= 6000; depth++) {
    const { digest } = top.descriptor
    write(at.data(digest), top.bytes)
    write(at.revisionLink('deep', digest), digest)
    if (depth === 6000) write(at.tagLink('deep', 'v1'), digest)
    top = index([top])
  }
  const { code, stdout, stderr } = await regfsckHere(['gc-preview', '--output', 'json', root])
  expect([code, stderr]).toEqual([1, ''])
  const verdicts = JSON.parse(stdout).targets[0].collections.map(({ verdict }: { verdict: string }) => verdict)
  expect(verdicts).toEqual(['safe', 'breaks', 'safe', 'safe'])
})

interface Said {
  readonly code: number
  readonly broken: readonly { readonly tag?: string; readonly digest: string; readonly becomes: string }[]
  /** Digests of the deployed images that would break. */
  readonly deployed: readonly (string | undefined)[]
}

/** Of a collection by 2.8 with `-m`. */
async function preview(root: string, digest: string | undefined): Promise<Said> {
  const file = join(directory, 'deployed.txt')
  writeFileSync(file, `registry.example.com/team/app@${digest}\n`)
  const from = digest === undefined ? [] : ['--from', file, '--from-type', 'list']
  const args = ['gc-preview', '--output', 'json', '--engine', '2.8', '--delete-untagged', 'yes', ...from, root]
  const { code, stdout } = await regfsckHere(args)
  const [{ broken, deployed }] = JSON.parse(stdout).targets[0].collections
  return { code, broken, deployed: deployed.map(({ image: text }: { image: string }) => text.split('@')[1]) }
}

/** What a registry answers to a pull by digest after a real collection of a copy. */
async function statusAfter(root: string, digest: string): Promise<number> {
  const copy = join(directory, `copy-${copies++}`)
  cpSync(root, copy, { recursive: true })
  expect((await collectGarbage(copy, { deleteUntagged: true })).code).toBe(0)
  return withRegistry({ root: copy }, async ({ url }) => {
    const headers = { accept: amd64.descriptor.mediaType }
    return (await fetch(`${url}/v2/team/app/manifests/${digest}`, { headers })).status
  })
}

let copies = 0
