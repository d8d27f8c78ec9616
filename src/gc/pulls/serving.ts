import { type Digest, hashAlgorithmOf, isDigest } from '../../oci/digest.ts'
import type { DecodedManifest, Inventory, ReferenceClaim, RepositoryInventory } from '../inventory.ts'
import { LinkTable } from '../link-table.ts'
import type { GcDeleted, GcEngine } from '../outcome.ts'

/** A manifest that a registry serves. */
export type ServedManifest = Exclude<DecodedManifest, { readonly is: 'refused' | 'unknown' }>

/** What a registry of one engine serves from a storage, before or after a collection. */
export class Serving {
  readonly #inventory: Inventory
  readonly #engine: GcEngine
  readonly #removed: Removed
  readonly #tables = new Map<string, { readonly revisions: LinkTable; readonly layers: LinkTable }>()

  /** @param deleted `undefined`: before the collection */
  constructor(inventory: Inventory, engine: GcEngine, deleted: GcDeleted | undefined) {
    this.#inventory = inventory
    this.#engine = engine
    this.#removed = removedBy(deleted)
  }

  /** The manifest that a client gets for a digest. `undefined`: none, or bytes that it does not accept. */
  manifest(repository: RepositoryInventory, digest: Digest): ServedManifest | undefined {
    const target = this.#revision(repository, digest)
    // Only a name of another algorithm may lead to another digest.
    if (target === undefined || (target !== digest && hashAlgorithmOf(target) === hashAlgorithmOf(digest)))
      return undefined
    if (this.#removed.blobs.has(target)) return undefined
    const content = this.#inventory.manifests.get(target)
    const manifest = this.#engine === '2.8' ? content?.v2 : content?.v3
    if (manifest === undefined || manifest.is === 'refused' || manifest.is === 'unknown') return undefined
    return content?.isIntact === true ? manifest : undefined
  }

  /** The manifest that another one is about. @param digest under which the latter is stored */
  subject(digest: Digest): Digest | undefined {
    return this.#inventory.manifests.get(digest)?.subject
  }

  /** Whether a client gets a config or layer, with the size that its manifest claims. */
  hasBlob(repository: RepositoryInventory, digest: Digest, { size: claimed }: ReferenceClaim): boolean {
    if (this.lostLayer(repository, digest) !== undefined) return false
    const link = this.#tablesOf(repository).layers.find(digest)
    if (link.is !== 'names') return false
    const size = this.#inventory.blobs.sizes.get(link.digest)
    return size !== undefined && (claimed === undefined || claimed === size)
  }

  /** Which part of a config or layer was deleted; `undefined`: none. */
  lostLayer(repository: RepositoryInventory, digest: Digest): 'blob' | 'layer-link' | undefined {
    if (this.#removed.layers.has(`${repository.name} ${digest}`)) return 'layer-link'
    const link = this.#tablesOf(repository).layers.find(digest)
    return link.is === 'names' && this.#removed.blobs.has(link.digest) ? 'blob' : undefined
  }

  /** Which part of a manifest was deleted; `undefined`: none. */
  lostManifest(repository: RepositoryInventory, digest: Digest): 'blob' | 'revision' {
    return this.#removed.revisions.has(`${repository.name} ${digest}`) ? 'revision' : 'blob'
  }

  /** Where the link of a revision leads. 2.8 also takes a layer link. */
  #revision(repository: RepositoryInventory, digest: Digest): Digest | undefined {
    const { revisions, layers } = this.#tablesOf(repository)
    const isRemoved = this.#removed.revisions.has(`${repository.name} ${digest}`)
    const link = isRemoved ? ({ is: 'missing' } as const) : revisions.find(digest)
    if (link.is === 'names') return link.digest
    if (link.is !== 'missing' || this.#engine === '3') return undefined
    const layer = layers.find(digest)
    return layer.is === 'names' ? layer.digest : undefined
  }

  #tablesOf(repository: RepositoryInventory): { readonly revisions: LinkTable; readonly layers: LinkTable } {
    const known = this.#tables.get(repository.name)
    if (known !== undefined) return known
    const tables = { revisions: new LinkTable(repository.revisions), layers: new LinkTable(repository.layers) }
    this.#tables.set(repository.name, tables)
    return tables
  }
}

interface Removed {
  /** By repository and digest. */
  readonly revisions: ReadonlySet<string>
  readonly layers: ReadonlySet<string>
  readonly blobs: ReadonlySet<Digest>
}

function removedBy(deleted: GcDeleted | undefined): Removed {
  const keyOf = ({ repository, digest }: { readonly repository: string; readonly digest: Digest }): string =>
    `${repository} ${digest}`
  return {
    revisions: new Set(deleted?.manifests.map(keyOf)),
    layers: new Set(deleted?.layerLinks.map(keyOf)),
    blobs: new Set(deleted?.blobs),
  }
}

/** A reference of a manifest as a digest that a client can ask for. */
export function askable(reference: string): Digest | undefined {
  return isDigest(reference) && hashAlgorithmOf(reference) !== undefined ? reference : undefined
}
