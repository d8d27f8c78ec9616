import { describe, expect, it } from 'vitest'
import type { BlobAnswer } from '../../../src/check/ports.ts'
import { quarantinesOf } from '../../../src/check/repair/salvage.ts'
import { blobsBelow } from '../../../src/check/walk/blobs-below.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { digestOf } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { REPOSITORY } from '../scene.ts'

const registry = new MemoryRegistry()
const digest = parseDigest(digestOf(Buffer.from('layer')))
const link = registry.at.layerLink(REPOSITORY, digest)
const data = registry.at.data(digest)

/** What has to be moved away before the blob can be pushed again, where a store answers this. */
async function inTheWay(answer: BlobAnswer): Promise<unknown> {
  const store = registry.store(REPOSITORY, { proves: false })
  store.probeBlobs = async () => [answer]
  return (await blobsBelow(store, [{ digest }])).flatMap(quarantinesOf)
}

describe('a directory in place of the bytes of a blob that a lost manifest names', () => {
  const dataIs = 'a directory' as const
  const bytes = { does: 'quarantine', path: data, unless: { is: 'bytes', digest } }

  it('blocks a push', async () => {
    expect(await inTheWay({ is: 'absent', cause: 'blob-missing', evidence: { path: data, dataIs } })).toEqual([bytes])
  })

  it('blocks a push if the link is lost too', async () => {
    const evidence = { path: link, blobStored: false, blobPath: data, dataIs }
    expect(await inTheWay({ is: 'absent', cause: 'layer-link-missing', evidence })).toEqual([bytes])
  })

  it('blocks a push beside an empty link', async () => {
    const evidence = { path: link, blobStored: false, blobPath: data, dataIs, content: '""' }
    const badLink = { does: 'quarantine', path: link, unless: { is: 'link', digest } }
    expect(await inTheWay({ is: 'absent', cause: 'layer-link-invalid', evidence })).toEqual([badLink, bytes])
  })
})
