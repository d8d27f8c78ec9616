import { contentOf, digestOf, json, type ManifestNode } from '../images.ts'
import {
  becomeDirectory,
  extend,
  flipAt,
  flipInDigest,
  holds,
  pointTag,
  remove,
  removeWhole,
  storeManifest,
  truncate,
  write,
} from './damage-files.ts'
import { type Fault, type FaultEffect, type FaultScene, missedManifest } from './fault-target.ts'

/** What can happen to tags, revision links and the bytes of manifests, and what a manifest can say wrongly. */
export const everyManifestFault: Readonly<Record<string, Fault>> = {
  'child-manifest-missing': (scene) => onManifest(scene, childrenOf(scene), (child) => manifestGone(scene, child)),
  'all-children-missing': (scene) => {
    if (scene.node.kind !== 'index') return undefined
    const losses = unhurt(scene, scene.node.children).map((child) => manifestGone(scene, child))
    return losses[0]
  },
  'nested-index-missing': (scene) => {
    const inner = childrenOf(scene).filter((each) => each.kind === 'index')
    return onManifest(scene, inner, (child) => manifestGone(scene, child))
  },
  'manifest-missing': (scene) => onManifest(scene, scene.manifests, (each) => manifestGone(scene, each)),
  'manifest-is-a-directory': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      becomeDirectory(scene.at.data(each.descriptor.digest))
      return missedManifest(scene, each, 'manifest-missing')
    }),
  'tag-link-missing': (scene) => {
    remove(scene.at.tagLink(scene.repository, scene.tag))
    return dangling(scene, 'link-missing')
  },
  'tag-link-empty': (scene) => tagLinkSays(scene, () => ''),
  'tag-link-garbage': (scene) =>
    tagLinkSays(scene, (link) => {
      return scene.random.pick([`${link}\n`, link.slice(0, -1), ` ${link}`, 'latest', 'sha256:../../../data']) ?? ''
    }),
  'tag-link-to-missing-revision': (scene) => {
    const digest = digestOf(contentOf(`nowhere ${scene.random.int(2 ** 30)}`, 32))
    write(scene.at.tagLink(scene.repository, scene.tag), digest)
    return dangling(scene, 'revision-link-missing')
  },
  'revision-link-missing': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      const link = scene.at.revisionLink(scene.repository, each.descriptor.digest)
      if (scene.random.chance(0.5)) remove(link)
      else removeWhole(link)
      return missedManifest(scene, each, 'revision-link-missing')
    }),
  'revision-link-empty': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      const { digest } = each.descriptor
      write(scene.at.revisionLink(scene.repository, digest), scene.random.pick(['', `${digest}\n`]) ?? '')
      return missedManifest(scene, each, 'revision-link-invalid')
    }),
  'revision-link-wrong': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      const others = unhurt(scene, scene.manifests).filter((other) => other !== each)
      const other = scene.random.pick(others)
      if (!other) return undefined
      write(scene.at.revisionLink(scene.repository, each.descriptor.digest), other.descriptor.digest)
      return damaged(each, 'wrong-link')
    }),
  'manifest-altered': (scene) =>
    onManifest(scene, scene.images, (each) => {
      flipAt(scene.at.data(each.descriptor.digest), 'middle')
      return damaged(each, 'digest-mismatch')
    }),
  'index-altered': (scene) => {
    const indexes = scene.manifests.filter((each) => each.kind === 'index')
    return onManifest(scene, indexes, (each) =>
      flipInDigest(scene.at.data(each.descriptor.digest)) ? damaged(each, 'digest-mismatch') : undefined,
    )
  },
  'manifest-truncated': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      truncate(scene.at.data(each.descriptor.digest), 1 + scene.random.int(each.bytes.length - 1))
      return damaged(each, 'digest-mismatch')
    }),
  'manifest-extended': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      extend(scene.at.data(each.descriptor.digest))
      return damaged(each, 'digest-mismatch')
    }),
  'manifest-empty': (scene) =>
    onManifest(scene, scene.manifests, (each) => {
      truncate(scene.at.data(each.descriptor.digest), 0)
      return damaged(each, 'empty')
    }),
  'descriptor-size-wrong': (scene) => {
    const names = scene.node.kind === 'index' ? 'manifests' : 'layers'
    return onDescriptor(scene, names, (descriptor) => {
      const size = Number(descriptor['size']) + 1 + scene.random.int(9)
      const seenFrom = names === 'layers' ? 'blobs' : 'graph'
      return { fields: { size }, effect: { code: 'descriptor-mismatch', cause: 'size', seenFrom } }
    })
  },
  'descriptor-media-type-wrong': (scene) =>
    onDescriptor(scene, 'manifests', (descriptor) => {
      const mediaType = otherTypeThan(String(descriptor['mediaType']))
      if (mediaType === undefined) return undefined
      const effect = { code: 'descriptor-mismatch', cause: 'media-type', breaksPull: false }
      return { fields: { mediaType }, effect }
    }),
  'manifest-ambiguous': (scene) => {
    const missing = scene.node.kind === 'index' ? { layers: [] } : { manifests: [] }
    return retag(scene, json({ ...documentOf(scene.node), ...missing }), 'ambiguous')
  },
  'manifest-not-json': (scene) => retag(scene, scene.node.bytes.subarray(0, -1), 'unparsable'),
  'manifest-type-unknown': (scene) =>
    retag(
      scene,
      json({ ...documentOf(scene.node), mediaType: 'application/vnd.example.thing+json' }),
      'media-type-refused',
    ),
}

function onManifest(
  scene: FaultScene,
  among: readonly ManifestNode[],
  damage: (manifest: ManifestNode) => FaultEffect | undefined,
): FaultEffect | undefined {
  const manifest = scene.random.pick(unhurt(scene, among))
  return manifest && damage(manifest)
}

/** Those that are still linked and stored as they were pushed. */
function unhurt(scene: FaultScene, among: readonly ManifestNode[]): ManifestNode[] {
  return among.filter(({ descriptor: { digest }, bytes }) => {
    const link = scene.at.revisionLink(scene.repository, digest)
    return holds(link, Buffer.from(digest)) && holds(scene.at.data(digest), bytes)
  })
}

function childrenOf(scene: FaultScene): readonly ManifestNode[] {
  return scene.manifests.slice(1)
}

function manifestGone(scene: FaultScene, manifest: ManifestNode): FaultEffect {
  removeWhole(scene.at.data(manifest.descriptor.digest))
  return missedManifest(scene, manifest, 'manifest-missing')
}

function dangling(scene: FaultScene, cause: string): FaultEffect {
  return { code: 'tag-dangling', tag: scene.tag, cause }
}

function tagLinkSays(scene: FaultScene, say: (link: string) => string): FaultEffect {
  write(scene.at.tagLink(scene.repository, scene.tag), say(scene.node.descriptor.digest))
  return dangling(scene, 'link-invalid')
}

function damaged({ descriptor }: ManifestNode, cause: string): FaultEffect {
  return { code: 'manifest-damaged', cause, digest: descriptor.digest }
}

/** What the registry would refuse to take is written past it, under its right digest. */
function retag(scene: FaultScene, bytes: Buffer, cause: string): FaultEffect {
  const digest = storeManifest(scene.at, scene.repository, bytes, scene.tag)
  return { code: 'manifest-damaged', cause, digest }
}

/** The tag moves to a manifest that says something else of one of the objects it names. */
function onDescriptor(
  scene: FaultScene,
  names: 'manifests' | 'layers',
  change: (
    descriptor: Readonly<Record<string, unknown>>,
  ) => { readonly fields: Readonly<Record<string, unknown>>; readonly effect: FaultEffect } | undefined,
): FaultEffect | undefined {
  const document = documentOf(scene.node)
  const descriptors = [...(document[names] ?? [])]
  const at = scene.random.int(descriptors.length)
  const descriptor = descriptors[at]
  if (!descriptor || isForeign(descriptor)) return undefined
  const changed = change(descriptor)
  if (!changed) return undefined
  descriptors[at] = { ...descriptor, ...changed.fields }
  const bytes = json({ ...document, [names]: descriptors })
  pointTag(scene.at, scene.repository, { tag: scene.tag, digest: storeManifest(scene.at, scene.repository, bytes) })
  return { ...changed.effect, digest: String(descriptor['digest']) }
}

type Document = Readonly<Partial<Record<'manifests' | 'layers', readonly Readonly<Record<string, unknown>>[]>>>

function documentOf(node: ManifestNode): Document {
  const document: Document = JSON.parse(node.bytes.toString())
  return document
}

function isForeign(descriptor: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(descriptor['urls'])
}

/** The other family's type for the same kind of thing. */
function otherTypeThan(mediaType: string): string | undefined {
  const oci = 'application/vnd.oci.image.'
  const docker = 'application/vnd.docker.distribution.manifest.'
  const pairs: Readonly<Record<string, string>> = {
    [`${oci}manifest.v1+json`]: `${docker}v2+json`,
    [`${oci}index.v1+json`]: `${docker}list.v2+json`,
    [`${docker}v2+json`]: `${oci}manifest.v1+json`,
    [`${docker}list.v2+json`]: `${oci}index.v1+json`,
  }
  return pairs[mediaType]
}
