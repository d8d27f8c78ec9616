import { type Digest, hashAlgorithmOf, isDigest } from '../../oci/digest.ts'
import type { Collection } from '../collection.ts'
import { enteredRepositories, referencesOf } from '../enter-repository.ts'
import { enumerateLinks, stopAtListing } from '../enumerate-links.ts'
import type { RepositoryInventory } from '../inventory.ts'
import { LinkTable } from '../link-table.ts'
import { TagLookup } from '../tag-lookup.ts'

/**
 * Marks as distribution 3.x does: every revision with all that it names, down through manifests that this repository has. What
 * is already marked is not descended into, even if the repository that marked it could not descend. The layer links of a
 * repository are decided on before later repositories have marked anything.
 *
 * @see distribution 3.0.0, registry/storage/garbagecollect.go, `MarkAndSweep`
 */
export function markV3(collection: Collection): void {
  for (const repository of enteredRepositories(collection)) new RepositoryMarks(collection, repository).mark()
  keepMarked(collection)
}

/** An untagged revision that something else has marked stays. @see `unmarkReferencedManifest` */
function keepMarked(collection: Collection): void {
  for (const each of collection.manifests.splice(0)) {
    if (collection.marked.has(each.digest)) continue
    const { repository, digest } = each
    collection.emit(`manifest eligible for deletion: {${repository} ${digest} [${each.allTags.join(' ')}]}`)
    collection.manifests.push(each)
  }
}

class RepositoryMarks {
  readonly #collection: Collection
  readonly #repository: RepositoryInventory
  readonly #tags: TagLookup
  readonly #revisions: LinkTable

  constructor(collection: Collection, repository: RepositoryInventory) {
    this.#collection = collection
    this.#repository = repository
    this.#tags = new TagLookup(collection, repository)
    this.#revisions = new LinkTable(repository.revisions)
  }

  mark(): void {
    const repository = this.#repository
    const revisions = { repository, links: repository.revisions, invalid: 'revision-link-invalid' } as const
    enumerateLinks(this.#collection, { ...revisions, tables: [this.#revisions] }, (digest, target) => {
      this.#revision(digest, target)
    })
    this.#requireLayers()
    const layers = { repository, links: repository.layers, invalid: 'layer-link-invalid' } as const
    enumerateLinks(this.#collection, { ...layers, tables: [new LinkTable(repository.layers)] }, (digest) => {
      if (!this.#collection.marked.has(digest))
        this.#collection.layerLinks.push({ repository: repository.name, digest })
    })
  }

  #revision(digest: Digest, target: Digest): void {
    const collection = this.#collection
    const { name, tagsEntry } = this.#repository
    if (collection.run.deleteUntagged && !this.#tags.isTagged(digest)) {
      // Neither deleted nor marked: its blobs go, its link stays.
      if (tagsEntry === 'missing') collection.emit(`manifest tags path of repository ${name} does not exist`)
      else collection.manifests.push(this.#tags.deletionOf(digest))
      return
    }
    collection.emit(`${name}: marking manifest ${digest} `)
    collection.marked.add(digest)
    this.#markReferences(digest, target)
  }

  /** Without recursion: a chain of thousands of indexes would overflow the stack. */
  #markReferences(digest: Digest, target: Digest): void {
    const { marked } = this.#collection
    const { name } = this.#repository
    const namedBy = (named: { readonly digest: Digest; readonly target: Digest }): Iterator<string> =>
      referencesOf(this.#collection, name, named)[Symbol.iterator]()
    const pending = [namedBy({ digest, target })]
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const step = top.next()
      if (step.done === true) pending.pop()
      else if (!marked.has(step.value)) {
        marked.add(step.value)
        this.#collection.emit(`${name}: marking blob ${step.value}`)
        const below = this.#existing(step.value)
        if (below !== undefined) pending.push(namedBy(below))
      }
    }
  }

  /** Whether this repository has a manifest of that digest. Any error counts as absence. @see `manifestStore.Exists` */
  #existing(reference: string): { readonly digest: Digest; readonly target: Digest } | undefined {
    if (!isDigest(reference) || hashAlgorithmOf(reference) === undefined) return undefined
    const link = this.#revisions.find(reference)
    if (link.is !== 'names' || this.#collection.findBlob(link.digest) !== true) return undefined
    return { digest: reference, target: link.digest }
  }

  #requireLayers(): void {
    const { name, layersEntry } = this.#repository
    const isPrefix = this.#collection.run.driver === 's3'
    if (layersEntry === 'directory' || (layersEntry === 'missing' && isPrefix)) return
    const kind = layersEntry === 'missing' ? 'layers-missing' : 'not-a-directory'
    stopAtListing(this.#collection, name, { name: '_layers', file: '_layers', is: layersEntry, kind })
  }
}
