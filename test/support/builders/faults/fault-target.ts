import { readFileSync } from 'node:fs'
import type { Random } from '../../seeded.ts'
import type { BlobNode, ImageNode, ManifestNode } from '../images.ts'
import { manifestsUnder } from '../images.ts'
import { type StoragePaths, storagePaths } from '../storage-paths.ts'

/** A tagged image that was pushed whole, in a storage directory that no registry is serving at the moment. */
export interface Victim {
  readonly root: string
  readonly repository: string
  readonly tag: string
  readonly node: ManifestNode
}

/** The ledger's line on one planted fault: what a scan must say if nothing else is wrong with the image. */
export interface Planted {
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

/** What a planter may say; the table fills in the rest. */
export type Wound = Omit<Planted, 'fault' | 'repository' | 'seenFrom' | 'breaksPull'> &
  Partial<Pick<Planted, 'seenFrom' | 'breaksPull'>>

/** Does the harm, or finds that this image has nothing to do it to. */
export type Plant = (scene: Scene) => Wound | undefined

/** A victim with what every planter needs to know about it. */
export interface Scene extends Victim {
  readonly at: StoragePaths
  readonly random: Random
  /** Every manifest from the tag downward, the tagged one first. */
  readonly manifests: readonly ManifestNode[]
  readonly images: readonly ImageNode[]
  /** Configs, and layers that are in the store. */
  readonly configs: readonly BlobNode[]
  readonly layers: readonly BlobNode[]
}

export function sceneOf(victim: Victim, random: Random): Scene {
  const manifests = manifestsUnder(victim.node)
  const images = manifests.filter((each) => each.kind === 'image')
  return {
    ...victim,
    at: storagePaths(victim.root),
    random,
    manifests,
    images,
    configs: images.map((each) => each.config),
    layers: images.flatMap((each) => each.layers.filter((layer) => !layer.absent)),
  }
}

/** The manifest that a tag names is missed by the tag; one below it, by an index. */
export function missedManifest(scene: Scene, { descriptor }: ManifestNode, cause: string): Wound {
  return descriptor.digest === scene.node.descriptor.digest
    ? { code: 'tag-dangling', tag: scene.tag, cause }
    : { code: 'index-child-missing', digest: descriptor.digest, cause }
}

/** Where the bytes of a config or layer are: a sha512 name leads to a sha256 blob, by way of its link. */
export function dataOf(scene: Scene, { descriptor }: BlobNode): string {
  return scene.at.data(readFileSync(scene.at.layerLink(scene.repository, descriptor.digest), 'utf8'))
}
