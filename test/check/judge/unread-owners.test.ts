import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/check/findings/finding.ts'
import { digestOf, type ImageNode, image } from '../../support/builders/images.ts'
import type { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { check, REPOSITORY, type Scene, scene } from '../scene.ts'

const nowhere = digestOf(Buffer.from('nowhere'))
const untagged = image('untagged')

/** What is said of a revision link that nothing seems to need. */
async function looseLink(registry: MemoryRegistry, digest = nowhere): Promise<Finding | undefined> {
  const { findings } = await check(registry)
  return findings.find((finding) => finding.digest === digest)
}

/** An empty link, and a tag whose image is altered: nobody knows any more what that names. */
function altered(): Scene {
  const found = scene()
  const { registry, links, multi } = found
  links.revisions.set(nowhere, '')
  registry.blobs.set(multi.descriptor.digest, Buffer.concat([multi.bytes, Buffer.from(' ')]))
  return found
}

/** An untagged image whose link is empty and whose layer is lost: its manifest is stored, and cannot be put back. */
function halfLost({ registry, links }: Scene, { descriptor, layers }: ImageNode = untagged): void {
  registry.push(REPOSITORY, untagged)
  links.revisions.set(descriptor.digest, '')
  for (const layer of layers) registry.blobs.delete(layer.descriptor.digest)
}

describe('a link that an unreadable object may need', () => {
  it('has no unread owners if everything could be read', async () => {
    const { registry, links } = scene()
    links.revisions.set(nowhere, '')
    const finding = await looseLink(registry)
    expect(finding).not.toHaveProperty('needers')
    expect(finding?.evidence).not.toHaveProperty('ownersUnread')
  })

  it('may be needed by a manifest that is altered', async () => {
    const { registry, multi } = altered()
    const finding = await looseLink(registry)
    expect(finding).toMatchObject({ code: 'link-invalid', evidence: { ownersUnread: true } })
    expect(finding?.needers).toEqual([multi.descriptor.digest])
  })

  it('may be needed by a child that is gone', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.set(nowhere, '')
    registry.blobs.delete(arm64.descriptor.digest)
    expect((await looseLink(registry))?.needers).toEqual([arm64.descriptor.digest])
  })

  it('may be needed by a tag that names nothing', async () => {
    const { registry, links } = scene()
    links.revisions.set(nowhere, '')
    links.tags.set('latest', '')
    expect((await looseLink(registry))?.needers).toEqual(['latest'])
  })

  it('has unknown owners if a manifest could not be read', async () => {
    const { registry, arm64 } = altered()
    registry.unreadable.set(registry.at.data(arm64.descriptor.digest), 'STORE_READ_FAILED')
    const finding = await looseLink(registry)
    expect(finding?.evidence).toMatchObject({ ownersUnread: true })
    expect(finding).not.toHaveProperty('needers')
  })

  it('has unknown owners if there are too many for one line', async () => {
    const { registry, links } = scene()
    links.revisions.set(nowhere, '')
    for (let n = 0; n < 51; n++) links.tags.set(`v${n}`, '')
    expect(await looseLink(registry)).not.toHaveProperty('needers')
  })

  it('is kept if its bytes survive and a tag has an unknown digest: it may be this one', async () => {
    const found = scene()
    halfLost(found)
    found.links.tags.set('latest', '')
    const finding = await looseLink(found.registry, untagged.descriptor.digest)
    expect(finding?.evidence).toMatchObject({ ownersUnread: true })
    expect(finding).not.toHaveProperty('needers')
  })

  it('may be needed by a manifest that is altered, whether or not its own bytes survive', async () => {
    const found = altered()
    halfLost(found)
    const finding = await looseLink(found.registry, untagged.descriptor.digest)
    expect(finding?.needers).toEqual([found.multi.descriptor.digest])
  })
})
