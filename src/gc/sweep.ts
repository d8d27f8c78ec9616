import type { Digest } from '../oci/digest.ts'
import { type Collection, type EligibleManifest, ENGINE_ROOT } from './collection.ts'
import { strayErrorText } from './engine-errors.ts'
import type { RepositoryInventory } from './inventory.ts'
import { LinkTable } from './link-table.ts'
import type { DeletedLayerLink, GcAbort, GcDeleted } from './outcome.ts'

/**
 * Deletes as both engines do: manifests in the order in which they were found, then blobs in random order, then, in 3.x, layer
 * links. Each deletion of something that is not there ends it.
 *
 * @see distribution, registry/storage/vacuum.go
 */
export function sweep(collection: Collection): GcDeleted {
  return new Sweep(collection).run()
}

class Sweep {
  readonly #collection: Collection
  /** Names, once each: an engine collects them in a set. */
  readonly #blobs = new Set<Digest>()
  readonly #deleted = { manifests: 0, blobs: 0, layerLinks: 0 }

  constructor(collection: Collection) {
    this.#collection = collection
  }

  run(): GcDeleted {
    const collection = this.#collection
    const { manifests, layerLinks } = collection
    const isStoppedInMark = collection.aborts.length > 0
    const manifestsUntil = this.#sweepManifests()
    const isListed = this.#listBlobs()
    this.#print()
    const missing = this.#sweepBlobs()
    const linksUntil = this.#sweepLayerLinks()
    const eligible = { manifests: manifests.length, blobs: this.#blobs.size, layerLinks: layerLinks.length }
    if (isStoppedInMark) return { manifests: [], blobs: [], layerLinks: [], eligible }
    const allManifests = manifestsUntil === manifests.length
    const blobs = allManifests && isListed ? [...this.#blobs].filter((digest) => this.#isStored(digest)) : []
    const reachesLinks = allManifests && isListed && missing === 0
    return {
      manifests: manifests.slice(0, manifestsUntil).map(withoutTags),
      blobs,
      layerLinks: reachesLinks ? linksUntil : [],
      eligible,
    }
  }

  /** @returns how many are deleted before one fails */
  #sweepManifests(): number {
    const { inventory, manifests } = this.#collection
    const repositories = new Map(inventory.repositories.found.map((each) => [each.name, each]))
    const gone = new Set<string>()
    const tables = new Map<string, LinkTable>()
    let until: number | undefined
    for (const [n, manifest] of manifests.entries()) {
      const repository = repositories.get(manifest.repository)
      if (repository === undefined) continue
      const table = tables.get(repository.name) ?? new LinkTable(repository.revisions)
      tables.set(repository.name, table)
      const key = `${manifest.repository} ${manifest.digest}`
      const isThere = !gone.has(key) && hasDirectory(repository, table, manifest.digest)
      if (this.#endsInHistory(repository, manifest) || !isThere) until ??= n
      this.#deleted.manifests = until ?? n
      if (!isThere) this.#revisionGone(manifest)
      gone.add(key)
    }
    this.#deleted.manifests = manifests.length
    return until ?? manifests.length
  }

  #endsInHistory({ name, tags }: RepositoryInventory, { digest }: EligibleManifest): boolean {
    const tag = tags.find(({ history }) => history === 'a file')
    if (tag === undefined) return false
    const path = `${this.#collection.inventory.v2}/repositories/${name}/_manifests/tags/${tag.name}/index`
    this.#abort({
      kind: 'not-a-directory',
      path,
      repository: name,
      tag: tag.name,
      digest,
      error: `failed to delete manifest ${digest}: ${this.#collection.driverName}: stat ${path}: not a directory`,
    })
    return true
  }

  #revisionGone({ repository, digest }: EligibleManifest): void {
    const { inventory, driverName } = this.#collection
    const place = `repositories/${repository}/_manifests/revisions/${digest.replace(':', '/')}`
    const error = `failed to delete manifest ${digest}: ${driverName}: Path not found: ${ENGINE_ROOT}/${place}`
    const path = this.#linkNaming(repository, digest) ?? `${inventory.v2}/${place}`
    this.#abort({ kind: 'revision-deleted-twice', path, repository, digest, error })
  }

  /** The link at another digest's place that names this one: the file to look at. */
  #linkNaming(repository: string, digest: Digest): string | undefined {
    const { found } = this.#collection.inventory.repositories
    const links = found.find(({ name }) => name === repository)?.revisions ?? []
    const odd = links.filter((link) => typeof link !== 'string')
    return odd.find(({ at, content }) => content.is === 'names' && content.digest === digest && at !== digest)?.path
  }

  /** @returns `false`: it ends before a blob is deleted */
  #listBlobs(): boolean {
    const { blobs, v2 } = this.#collection.inventory
    const { driverName, run } = this.#collection
    let isListed = true
    if (!blobs.exists && !(run.engine === '3' && run.driver === 's3')) {
      isListed = false
      const error = `error enumerating blobs: ${driverName}: Path not found: ${ENGINE_ROOT}/blobs`
      this.#abort({ kind: 'blobs-missing', path: `${v2}/blobs`, repository: undefined, error })
    }
    for (const { path, takenFor } of blobs.strays) {
      if (takenFor.is === 'blob') {
        this.#eligible(takenFor.digest)
        continue
      }
      isListed = false
      const text = strayErrorText(takenFor.error)
      const error = takenFor.error === 'crash' ? text : `error enumerating blobs: ${driverName}: ${text}`
      this.#abort({ kind: 'stray-data', path, repository: undefined, error })
    }
    for (const digest of blobs.sizes.keys()) this.#eligible(digest)
    return isListed
  }

  #eligible(digest: Digest): void {
    if (!this.#collection.marked.has(digest)) this.#blobs.add(digest)
  }

  /** @returns how many are not at their place, so that their deletion ends it */
  #sweepBlobs(): number {
    const { strays } = this.#collection.inventory.blobs
    const missing = strays.filter(({ takenFor }) => {
      return takenFor.is === 'blob' && this.#blobs.has(takenFor.digest) && !takenFor.hasPlace
    })
    this.#deleted.blobs = this.#blobs.size - 1
    for (const { path, takenFor } of missing)
      if (takenFor.is === 'blob') {
        const { digest } = takenFor
        const place = `${digest.slice(0, 6)}/${digest.slice(7, 9)}/${digest.slice(7)}`
        const gone = `${this.#collection.driverName}: Path not found: ${ENGINE_ROOT}/blobs/${place}`
        const error = `failed to delete blob ${digest}: ${gone}`
        this.#abort({ kind: 'blob-not-at-its-place', path, repository: undefined, digest, error })
      }
    this.#deleted.blobs = this.#blobs.size
    return missing.length
  }

  /** @returns those that are deleted before one fails, at most */
  #sweepLayerLinks(): readonly DeletedLayerLink[] {
    const { layerLinks, inventory, driverName } = this.#collection
    const gone = new Set<string>()
    const ended = new Set<string>()
    const deleted: DeletedLayerLink[] = []
    for (const link of layerLinks) {
      const { repository, digest } = link
      const key = `${repository} ${digest}`
      if (gone.has(key)) {
        this.#deleted.layerLinks = deleted.length
        ended.add(repository)
        const place = `repositories/${repository}/_layers/${digest.replace(':', '/')}/link`
        const missing = `${driverName}: Path not found: ${ENGINE_ROOT}/${place}`
        const error = `failed to delete layer link ${digest} of repo ${repository}: ${missing}`
        const path = aliasOf(inventory.repositories.found, link) ?? `${inventory.v2}/${place}`
        this.#abort({ kind: 'layer-link-deleted-twice', path, repository, digest, error })
      } else if (!ended.has(repository)) deleted.push(link)
      gone.add(key)
    }
    return deleted
  }

  #isStored(digest: Digest): boolean {
    return this.#collection.inventory.blobs.sizes.has(digest)
  }

  #abort(abort: Omit<GcAbort, 'phase' | 'deletedBefore'>): void {
    const { manifests, blobs, layerLinks } = this.#deleted
    // Blobs are deleted in random order, and so are the layer links of different repositories.
    const isExact = blobs <= 0 && layerLinks === 0
    this.#collection.abort('sweep', abort, { manifests, blobs: Math.max(0, blobs), isExact, layerLinks })
  }

  #print(): void {
    const collection = this.#collection
    const { manifests, marked, layerLinks } = collection
    const counts = `${this.#blobs.size} blobs and ${manifests.length} manifests eligible for deletion`
    collection.emit(`\n${marked.size} blobs marked, ${counts}`)
    for (const digest of this.#blobs) collection.emit(`blob eligible for deletion: ${digest}`)
    for (const { repository, digest } of layerLinks)
      collection.emit(`${repository}: layer link eligible for deletion: ${digest}`)
  }
}

function withoutTags({ repository, digest, tags }: EligibleManifest): GcDeleted['manifests'][number] {
  return { repository, digest, tags }
}

function hasDirectory({ emptyRevisions }: RepositoryInventory, table: LinkTable, digest: Digest): boolean {
  return table.find(digest).is !== 'missing' || emptyRevisions.includes(digest)
}

/** The link of another name that names this digest too. */
function aliasOf(
  repositories: readonly RepositoryInventory[],
  { repository, digest }: DeletedLayerLink,
): string | undefined {
  const layers = repositories.find(({ name }) => name === repository)?.layers ?? []
  const odd = layers.filter((link) => typeof link !== 'string')
  return odd.find(({ at, content }) => content.is === 'names' && content.digest === digest && at !== digest)?.path
}
