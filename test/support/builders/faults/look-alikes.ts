import { contentOf, digestOf, image, json } from '../images.ts'
import { pointTag, remove, storeBlob, storeManifest, write } from './damage-files.ts'
import type { Fault, FaultScene } from './fault-target.ts'

/** What looks like damage and is not, or hurts nobody who pulls: every tag stays what it was. */
export const everyLookAlike: Readonly<Record<string, Fault>> = {
  'orphan-layer-link': (scene) => {
    const digest = nowhere(scene)
    write(scene.at.layerLink(scene.repository, digest), digest)
    return { code: 'orphan-layer-link', digest, seenFrom: 'blobs', breaksPull: false }
  },
  'orphan-revision-link': (scene) => {
    const digest = nowhere(scene)
    write(scene.at.revisionLink(scene.repository, digest), digest)
    return { code: 'orphan-revision-link', digest, breaksPull: false }
  },
  'unneeded-layer-link-empty': (scene) => {
    const digest = nowhere(scene)
    write(scene.at.layerLink(scene.repository, digest), '')
    return { code: 'link-invalid', digest, seenFrom: 'blobs', breaksPull: false }
  },
  'unneeded-revision-link-empty': (scene) => {
    const digest = nowhere(scene)
    write(scene.at.revisionLink(scene.repository, digest), '')
    return { code: 'link-invalid', digest, breaksPull: false }
  },
  'lawful-untagged-revision': (scene) => {
    const extra = image(`untagged ${scene.random.int(2 ** 30)}`)
    for (const each of [extra.config, ...extra.layers]) storeBlob(scene.at, scene.repository, each.bytes)
    storeManifest(scene.at, scene.repository, extra.bytes)
    return allowed
  },
  'lawful-empty-revision-directory': (scene) => {
    const link = scene.at.revisionLink(scene.repository, nowhere(scene))
    write(link, '')
    remove(link)
    return allowed
  },
  'lawful-tag-history-gone': (scene) => {
    remove(`${scene.at.tag(scene.repository, scene.tag)}/index`)
    return allowed
  },
  'lawful-tag-history-of-the-dead': (scene) => {
    const digest = scene.node.descriptor.digest
    pointTag(scene.at, scene.repository, { tag: scene.tag, digest: nowhere(scene) })
    pointTag(scene.at, scene.repository, { tag: scene.tag, digest })
    return allowed
  },
  'lawful-unreferenced-blob': (scene) => {
    const bytes = contentOf(`garbage ${scene.random.int(2 ** 30)}`, 100)
    write(scene.at.data(digestOf(bytes)), bytes)
    return allowed
  },
  'lawful-upload-left': (scene) => {
    const upload = `${scene.at.repository(scene.repository)}/_uploads/0b4f6d1c-7d0b-4f0e-8a53-3a1d6a8f2b11`
    write(`${upload}/startedat`, '2020-01-01T00:00:00Z')
    write(`${upload}/data`, contentOf('half an upload', 50))
    return allowed
  },
  'lawful-subject-missing': (scene) => {
    if (scene.node.kind !== 'image') return undefined
    const document: unknown = JSON.parse(scene.node.bytes.toString())
    const subject = { mediaType: scene.node.descriptor.mediaType, digest: nowhere(scene), size: 7 }
    storeManifest(scene.at, scene.repository, json({ ...Object(document), subject }), scene.tag)
    return allowed
  },
  'lawful-empty-blob-directory': (scene) => {
    const data = scene.at.data(nowhere(scene))
    write(data, '')
    remove(data)
    return allowed
  },
}

const allowed = { code: undefined, breaksPull: false } as const

/** A digest whose content was never stored. */
function nowhere(scene: FaultScene): string {
  return digestOf(contentOf(`nowhere ${scene.random.int(2 ** 30)}`, 32))
}
