import type { Digest } from '../../oci/digest.ts'
import type { Collection } from '../collection.ts'
import { enteredRepositories, referencesOf } from '../enter-repository.ts'
import { enumerateLinks } from '../enumerate-links.ts'
import type { RepositoryInventory } from '../inventory.ts'
import { LinkTable } from '../link-table.ts'
import { TagLookup } from '../tag-lookup.ts'

/**
 * Marks as distribution 2.8 does: every revision of a repository and what it names directly. With `--delete-untagged` a
 * revision that no tag names is deleted, even a child of a tagged index, whose own children and layers nobody marks then.
 *
 * @see distribution 2.8.2, registry/storage/garbagecollect.go, `MarkAndSweep`
 */
export function markV2(collection: Collection): void {
  for (const repository of enteredRepositories(collection)) new RepositoryMarks(collection, repository).mark()
}

class RepositoryMarks {
  readonly #collection: Collection
  readonly #repository: RepositoryInventory
  readonly #tags: TagLookup

  constructor(collection: Collection, repository: RepositoryInventory) {
    this.#collection = collection
    this.#repository = repository
    this.#tags = new TagLookup(collection, repository)
  }

  mark(): void {
    const { revisions, layers } = this.#repository
    const directory = {
      repository: this.#repository,
      links: revisions,
      invalid: 'revision-link-invalid',
      tables: [new LinkTable(revisions), new LinkTable(layers)],
    } as const
    enumerateLinks(this.#collection, directory, (digest, target) => {
      this.#revision(digest, target)
    })
  }

  #revision(digest: Digest, target: Digest): void {
    const collection = this.#collection
    const { name } = this.#repository
    if (collection.run.deleteUntagged && !this.#tags.isTagged(digest)) {
      collection.emit(`manifest eligible for deletion: ${digest}`)
      this.#tags.requireDirectory()
      collection.manifests.push(this.#tags.deletionOf(digest))
      return
    }
    collection.emit(`${name}: marking manifest ${digest} `)
    collection.marked.add(digest)
    for (const reference of referencesOf(collection, name, { digest, target })) {
      collection.marked.add(reference)
      collection.emit(`${name}: marking blob ${reference}`)
    }
  }
}
