import { readFileSync } from 'node:fs'
import type { Random } from '../../seeded.ts'
import type { BlobNode, ImageNode, ManifestNode } from '../images.ts'
import { manifestsUnder } from '../images.ts'
import { type StoragePaths, storagePaths } from '../storage-paths.ts'

/** A tagged image that was pushed whole, in a storage directory that no registry is serving at the moment. */
export interface FaultTarget {
  readonly root: string
  readonly repository: string
  readonly tag: string
  readonly node: ManifestNode
}

/** The record of one injected fault: what a scan must say if nothing else is wrong with the image. */
export interface InjectedFault {
  readonly fault: string
  readonly repository: string
  /** What the finding is about: the tag for `tag-dangling`, else the digest. */
  readonly tag?: string
  readonly digest?: string
  /** `undefined`: lawful, so nothing may be said. */
  readonly code: string | undefined
  readonly cause?: string
  /** The shallowest depth that can see it. */
  readonly seenFrom: 'graph' | 'blobs' | 'content'
  /** `false`: a pull never meets it, so every tag stays what it was. */
  readonly breaksPull: boolean
}

/** What a fault says of itself; the table fills in the rest. */
export type FaultEffect = Omit<InjectedFault, 'fault' | 'repository' | 'seenFrom' | 'breaksPull'> &
  Partial<Pick<InjectedFault, 'seenFrom' | 'breaksPull'>>

/** Does the harm, or finds that this image has nothing to do it to. */
export type Fault = (scene: FaultScene) => FaultEffect | undefined

/** A target with what every fault needs to know about it. */
export interface FaultScene extends FaultTarget {
  readonly at: StoragePaths
  readonly random: Random
  /** Every manifest from the tag downward, the tagged one first. */
  readonly manifests: readonly ManifestNode[]
  readonly images: readonly ImageNode[]
  /** Configs, and layers that are in the store. */
  readonly configs: readonly BlobNode[]
  readonly layers: readonly BlobNode[]
}

export function sceneOf(target: FaultTarget, random: Random): FaultScene {
  const manifests = manifestsUnder(target.node)
  const images = manifests.filter((each) => each.kind === 'image')
  return {
    ...target,
    at: storagePaths(target.root),
    random,
    manifests,
    images,
    configs: images.map((each) => each.config),
    layers: images.flatMap((each) => each.layers.filter((layer) => !layer.absent)),
  }
}

/** The manifest that a tag names is missed by the tag; one below it, by an index. */
export function missedManifest(scene: FaultScene, { descriptor }: ManifestNode, cause: string): FaultEffect {
  return descriptor.digest === scene.node.descriptor.digest
    ? { code: 'tag-dangling', tag: scene.tag, cause }
    : { code: 'index-child-missing', digest: descriptor.digest, cause }
}

/** Where the bytes of a config or layer are: a sha512 name leads to a sha256 blob, by way of its link. */
export function dataOf(scene: FaultScene, { descriptor }: BlobNode): string {
  return scene.at.data(readFileSync(scene.at.layerLink(scene.repository, descriptor.digest), 'utf8'))
}
