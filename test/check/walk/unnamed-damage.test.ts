import { describe, expect, it } from 'vitest'
import { image } from '../../support/builders/images.ts'
import { repairOf } from '../../support/builders/repair.ts'
import { brief, check, REPOSITORY, scene } from '../scene.ts'

/** An index of two images, beside an image that lost its bytes and whose one layer was altered. */
function lostImage() {
  const { registry, links, multi } = scene()
  const lost = image('lost')
  registry.push(REPOSITORY, lost, 'lost')
  const layer = lost.layers[0]?.descriptor.digest ?? lost.config.descriptor.digest
  registry.blobs.set(layer, Buffer.from('altered'))
  const { digest } = lost.descriptor
  return { registry, links, multi, digest, layer, path: registry.at.data(layer) }
}

describe('a blob that only a lost manifest can have named', () => {
  it('is moved away before the image is copied, if its bytes are wrong', async () => {
    const { registry, digest, path } = lostImage()
    registry.blobs.delete(digest)
    const { findings } = await check(registry, { depth: 'content' })
    expect(brief(findings)).toEqual(['error tag-dangling/manifest-missing lost [lost]'])
    const commands = findings.flatMap((finding) => repairOf(finding).commands)
    expect(commands[0]).toContain(`( f=${path}; `)
    expect(commands.filter((command) => command.includes(' mv '))).toHaveLength(1)
  })

  it('is moved at every depth if its file is empty', async () => {
    const { registry, digest, layer, path } = lostImage()
    registry.blobs.delete(digest)
    registry.blobs.set(layer, Buffer.alloc(0))
    const { findings } = await check(registry)
    expect(findings.flatMap((finding) => repairOf(finding).commands)[0]).toContain(`( f=${path}; `)
  })

  it('is left alone if its bytes are right', async () => {
    const { registry, digest } = lostImage()
    registry.blobs.delete(digest)
    const { findings } = await check(registry)
    expect(findings.flatMap((finding) => repairOf(finding).commands).filter((line) => line.includes(' mv '))).toEqual(
      [],
    )
  })

  it('is left alone if every manifest can be read, because nothing needs it', async () => {
    const { registry, links, digest } = lostImage()
    links.tags.delete('lost')
    links.revisions.delete(digest)
    links.layers.delete(image('lost').config.descriptor.digest)
    expect((await check(registry, { depth: 'content' })).findings).toEqual([])
  })

  it('is moved once if a manifest that is still stored names it', async () => {
    const { registry, links, digest, path } = lostImage()
    links.revisions.delete(digest)
    const { findings } = await check(registry, { depth: 'content' })
    const moves = findings.flatMap((finding) => repairOf(finding).commands).filter((line) => line.includes(' mv '))
    expect(moves).toEqual([expect.stringContaining(path)])
  })
})
