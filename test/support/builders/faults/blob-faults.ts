import { readFileSync } from 'node:fs'
import { type BlobNode, digestOf } from '../images.ts'
import { becomeDirectory, extend, flipAt, holds, removeWhole, truncate, type Where, write } from './damage-files.ts'
import { dataOf, type Fault, type FaultEffect, type FaultScene } from './fault-target.ts'

/** What can happen to configs and layers, and to the links that lead to them. */
export const everyBlobFault: Readonly<Record<string, Fault>> = {
  'layer-blob-missing': (scene) =>
    onBlob(scene, scene.layers, (data, layer) => {
      removeWhole(data)
      return { ...missing('layer', layer), cause: 'blob-missing' }
    }),
  'config-missing': (scene) =>
    onBlob(scene, scene.configs, (data, config) => {
      removeWhole(data)
      return { ...missing('config', config), cause: 'blob-missing' }
    }),
  'layer-link-missing': (scene) =>
    onBlob(scene, scene.layers, (_, layer) => {
      removeWhole(scene.at.layerLink(scene.repository, layer.descriptor.digest))
      return { ...missing('layer', layer), cause: 'layer-link-missing' }
    }),
  'layer-link-empty': (scene) =>
    onBlob(scene, scene.layers, (_, layer) => {
      write(scene.at.layerLink(scene.repository, layer.descriptor.digest), '')
      return { ...missing('layer', layer), cause: 'layer-link-invalid' }
    }),
  'layer-link-wrong': (scene) =>
    onBlob(scene, scene.layers, (data, layer) => {
      const other = anotherBlob(scene, data)
      if (other === undefined || !layer.descriptor.digest.startsWith('sha256:')) return undefined
      write(scene.at.layerLink(scene.repository, layer.descriptor.digest), digestOf(other.bytes))
      return { ...altered(layer), cause: 'wrong-link', seenFrom: 'blobs' }
    }),
  'blob-is-a-directory': (scene) =>
    onBlob(scene, scene.layers, (data, layer) => {
      becomeDirectory(data)
      return { ...missing('layer', layer), cause: 'blob-missing' }
    }),
  'config-altered': (scene) =>
    onBlob(scene, scene.configs, (data, config) => {
      flipAt(data, 'middle')
      return altered(config)
    }),
  'layer-altered-first': (scene) => alterLayer(scene, 'first'),
  'layer-altered-middle': (scene) => alterLayer(scene, 'middle'),
  'layer-altered-last': (scene) => alterLayer(scene, 'last'),
  'sha512-altered': (scene) => {
    const layers = scene.layers.filter(({ descriptor }) => descriptor.digest.startsWith('sha512:'))
    return onBlob({ ...scene, layers }, layers, (data, layer) => {
      flipAt(data, 'middle')
      return altered(layer)
    })
  },
  'blob-truncated': (scene) =>
    onBlob(scene, both(scene), (data, blob) => {
      const { length } = readFileSync(data)
      if (length < 2) return undefined
      truncate(data, 1 + scene.random.int(length - 1))
      return sized(blob, 'truncated')
    }),
  'blob-empty': (scene) =>
    onBlob(scene, both(scene), (data, blob) => {
      truncate(data, 0)
      return sized(blob, 'empty')
    }),
  'blob-extended': (scene) =>
    onBlob(scene, both(scene), (data, blob) => {
      extend(data, Buffer.alloc(1 + scene.random.int(64), 0x61))
      return sized(blob, 'extended')
    }),
  'blob-replaced': (scene) =>
    onBlob(scene, both(scene), (data, blob) => {
      const other = anotherBlob(scene, data)
      if (other === undefined) return undefined
      const wanted = readFileSync(data).length
      write(data, other.bytes)
      if (other.bytes.length === wanted) return altered(blob)
      if (other.bytes.length === 0) return sized(blob, 'empty')
      return sized(blob, other.bytes.length < wanted ? 'truncated' : 'extended')
    }),
}

/** One blob with content to lose, picked at random among those that are still in the store as they were pushed. */
function onBlob(
  scene: FaultScene,
  among: readonly BlobNode[],
  damage: (data: string, blob: BlobNode) => FaultEffect | undefined,
): FaultEffect | undefined {
  const unhurt = among.filter((blob) => blob.bytes.length > 0 && isUnhurt(scene, blob))
  const blob = scene.random.pick(unhurt)
  return blob && damage(dataOf(scene, blob), blob)
}

function isUnhurt(scene: FaultScene, blob: BlobNode): boolean {
  const link = scene.at.layerLink(scene.repository, blob.descriptor.digest)
  return holds(link, Buffer.from(digestOf(blob.bytes))) && holds(dataOf(scene, blob), blob.bytes)
}

/** Another config or layer of the same image that is whole, of the same size where there is one. */
function anotherBlob(scene: FaultScene, data: string): BlobNode | undefined {
  const others = both(scene).filter((each) => isUnhurt(scene, each) && dataOf(scene, each) !== data)
  const { length } = readFileSync(data)
  return scene.random.pick(others.filter((each) => each.bytes.length === length)) ?? scene.random.pick(others)
}

function both(scene: FaultScene): readonly BlobNode[] {
  return [...scene.configs, ...scene.layers]
}

function alterLayer(scene: FaultScene, where: Where): FaultEffect | undefined {
  return onBlob(scene, scene.layers, (data, layer) => {
    flipAt(data, where)
    return altered(layer)
  })
}

function missing(role: 'config' | 'layer', { descriptor }: BlobNode): FaultEffect {
  return { code: `${role}-missing`, digest: descriptor.digest, seenFrom: 'blobs' }
}

function altered({ descriptor }: BlobNode): FaultEffect {
  return { code: 'blob-digest-mismatch', cause: 'altered', digest: descriptor.digest, seenFrom: 'content' }
}

function sized({ descriptor }: BlobNode, cause: string): FaultEffect {
  return { code: 'blob-size-mismatch', cause, digest: descriptor.digest, seenFrom: 'blobs' }
}
