import { chmodSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeWhole, storeManifest } from '../support/builders/faults/damage-files.ts'
import { isRoot } from '../support/builders/faults/odd-files.ts'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { image, index } from '../support/builders/images.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { type SaidTarget, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

/** Somebody who owns nothing. */
const NOBODY = 65534
const directory = scratch()
const app = image('app')
const arm64 = image('app arm64', { platform: 'linux/arm64' })
const multi = index([app, arm64])
const layerDigest = app.layers[0]?.descriptor.digest ?? ''

/** What cannot be read may name anything. So nothing that it could name is an orphan, which an operator would delete. */
describe.skipIf(!isRoot)('where a manifest cannot be read, what it may name', () => {
  it('is no orphan layer link though its blob is gone', async () => {
    const at = store('layer-gone', (store) => removeWhole(store.data(layerDigest)))
    expect(codesOf(await scan(at))).toEqual(['layer-missing'])
    deny(at.data(app.descriptor.digest))
    expect(await scan(at)).toMatchObject({ findings: [], complete: false })
  })

  it('is no orphan layer link where it is the manifest of a child that is not served', async () => {
    const at = store('child-gone', (store) => {
      removeWhole(store.revisionLink('multi', arm64.descriptor.digest))
      for (const { descriptor } of [arm64.config, ...arm64.layers]) removeWhole(store.data(descriptor.digest))
    })
    expect(codesOf(await scan(at))).toEqual(['index-child-missing'])
    deny(at.data(arm64.descriptor.digest))
    expect(codesOf(await scan(at))).toEqual(['index-child-missing'])
  })

  it('is no orphan revision link though its manifest is gone', async () => {
    const at = store('child-manifest-gone', (store) => removeWhole(store.data(arm64.descriptor.digest)))
    expect(codesOf(await scan(at))).toEqual(['index-child-missing'])
    deny(at.data(multi.descriptor.digest))
    expect(await scan(at)).toMatchObject({ findings: [], complete: false })
  })

  it('is no orphan revision link where a tag cannot be read', async () => {
    const at = store('tagged-manifest-gone', (store) => removeWhole(store.data(app.descriptor.digest)))
    expect(codesOf(await scan(at))).toEqual(['index-child-missing', 'tag-dangling'])
    deny(at.tagLink('app', 'latest'))
    expect(codesOf(await scan(at))).toEqual(['index-child-missing'])
  })

  it('is no orphan revision link where the tags cannot be listed', async () => {
    const at = store('tags-closed', (store) => removeWhole(store.data(app.descriptor.digest)))
    deny(dirname(at.tag('app', 'latest')))
    expect(codesOf(await scan(at))).toEqual(['index-child-missing'])
  })
})

/** A registry with `app:latest`, and `multi:latest` of which the same image is one platform. */
function store(name: string, harm: (at: StoragePaths) => void): StoragePaths {
  const at = storagePaths(join(directory, name))
  mkdirSync(at.base, { recursive: true })
  storeImage(at, 'app', app)
  for (const child of [app, arm64]) storeImage(at, 'multi', child)
  storeManifest(at, 'multi', multi.bytes, 'latest')
  harm(at)
  return at
}

function deny(path: string): void {
  chmodSync(path, 0)
}

async function scan(at: StoragePaths): Promise<SaidTarget> {
  const root = join(at.base, '../../..')
  return targetIn(await scanJson([root], ['--depth', 'content', '--concurrency=1'], { uid: NOBODY }))
}

function codesOf({ findings }: SaidTarget): string[] {
  return [...new Set(findings.map(({ code }) => code))].sort()
}
