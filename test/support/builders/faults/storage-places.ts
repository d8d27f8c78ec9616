import { dirname } from 'node:path'
import { type ImageNode, image } from '../images.ts'
import { type StoragePaths, storagePaths } from '../storage-paths.ts'
import { storeBlob, storeManifest } from './damage-files.ts'

/** A place in the storage of one repository, by name, and what stands there when all is well. */
export interface StoragePlace {
  readonly name: string
  readonly is: 'directory' | 'file'
  /** A directory whose entries tell what there is, and so must be listed. */
  readonly isListed: boolean
  /** Whether the tag is still known when there is something else in this place. */
  readonly tagKnown: boolean
  readonly of: (at: StoragePaths, repository: string, node: ImageNode) => string
}

/** Every place on the way from a repository to the bytes of its one image, `latest`. */
export const storagePlaces: readonly StoragePlace[] = [
  { ...listed('repository', (at, name) => at.repository(name)), tagKnown: false },
  { ...directory('manifests', (at, name) => `${at.repository(name)}/_manifests`), tagKnown: false },
  { ...listed('tags', (at, name) => `${at.repository(name)}/_manifests/tags`), tagKnown: false },
  { ...directory('tag', (at, name) => at.tag(name, 'latest')), tagKnown: false },
  directory('tag-current', (at, name) => dirname(at.tagLink(name, 'latest'))),
  file('tag-link', (at, name) => at.tagLink(name, 'latest')),
  listed('revisions', (at, name) => `${at.repository(name)}/_manifests/revisions`),
  listed('revisions-algorithm', (at, name, node) => dirname(dirname(at.revisionLink(name, node.descriptor.digest)))),
  directory('revision', (at, name, node) => dirname(at.revisionLink(name, node.descriptor.digest))),
  file('revision-link', (at, name, node) => at.revisionLink(name, node.descriptor.digest)),
  listed('layers', (at, name) => `${at.repository(name)}/_layers`),
  listed('layers-algorithm', (at, name, node) => dirname(dirname(at.layerLink(name, layerOf(node))))),
  directory('layer', (at, name, node) => dirname(at.layerLink(name, layerOf(node)))),
  file('layer-link', (at, name, node) => at.layerLink(name, layerOf(node))),
  listed('blob-prefix', (at, _, node) => dirname(dirname(at.data(layerOf(node))))),
  directory('blob', (at, _, node) => dirname(at.data(layerOf(node)))),
  file('blob-data', (at, _, node) => at.data(layerOf(node))),
  file('config-data', (at, _, node) => at.data(node.config.descriptor.digest)),
  file('manifest-data', (at, _, node) => at.data(node.descriptor.digest)),
]

/** Directories without which nothing at all can be said about a target. */
export const vitalPlaces: readonly VitalPlace[] = [
  { name: 'docker', isListed: false, of: (at) => dirname(dirname(at.base)) },
  { name: 'docker-registry', isListed: false, of: (at) => dirname(at.base) },
  { name: 'docker-registry-v2', isListed: false, of: (at) => at.base },
  { name: 'repositories', isListed: true, of: (at) => at.repositories },
  { name: 'blobs', isListed: true, of: (at) => at.blobs },
  { name: 'blobs-algorithm', isListed: true, of: (at) => `${at.blobs}/sha256` },
]

interface VitalPlace {
  readonly name: string
  readonly isListed: boolean
  readonly of: (at: StoragePaths) => string
}

/** A repository of one whole image, that was made to be hurt at one place. */
export interface ExposedRepository {
  readonly place: StoragePlace
  readonly repository: string
  readonly path: string
}

/**
 * Store a registry with a repository for each place, named after it, and one more, `whole`.
 *
 * No two blobs share a prefix, so that what is done to one repository is done to no other.
 */
export function storeExposed(root: string): readonly ExposedRepository[] {
  const at = storagePaths(root)
  const taken = new Set<string>()
  storeImage(at, 'whole', imageApart('whole', taken))
  return storagePlaces.map((place) => {
    const repository = `odd/${place.name}`
    const node = imageApart(place.name, taken)
    storeImage(at, repository, node)
    return { place, repository, path: place.of(at, repository, node) }
  })
}

/** As a push stores it, under the tag `latest` where no other is given. */
export function storeImage(at: StoragePaths, repository: string, node: ImageNode, tag = 'latest'): void {
  for (const { bytes } of [node.config, ...node.layers]) storeBlob(at, repository, bytes)
  storeManifest(at, repository, node.bytes, tag)
}

function imageApart(seed: string, taken: Set<string>): ImageNode {
  for (let n = 0; ; n++) {
    const node = image(`${seed} ${n}`)
    const digests = [node.descriptor, node.config.descriptor, ...node.layers.map((each) => each.descriptor)]
    const prefixes = digests.map(({ digest }) => digest.slice('sha256:'.length, 'sha256:'.length + 2))
    if (new Set(prefixes).size < prefixes.length || prefixes.some((prefix) => taken.has(prefix))) continue
    for (const prefix of prefixes) taken.add(prefix)
    return node
  }
}

function layerOf(node: ImageNode): string {
  return node.layers[0]?.descriptor.digest ?? ''
}

function listed(name: string, of: StoragePlace['of']): StoragePlace {
  return { name, is: 'directory', isListed: true, tagKnown: true, of }
}

function directory(name: string, of: StoragePlace['of']): StoragePlace {
  return { name, is: 'directory', isListed: false, tagKnown: true, of }
}

function file(name: string, of: StoragePlace['of']): StoragePlace {
  return { name, is: 'file', isListed: false, tagKnown: true, of }
}
