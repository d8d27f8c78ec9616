import type { Digest } from '../oci/digest.ts'
import type { Collection, EligibleManifest } from './collection.ts'
import { linkError } from './engine-errors.ts'
import type { RepositoryInventory, TagInventory } from './inventory.ts'

/** The tags of a repository, as `--delete-untagged` looks them up for each revision. */
export class TagLookup {
  readonly #collection: Collection
  readonly #repository: RepositoryInventory
  #current: ReadonlySet<Digest> | undefined
  #allTags: readonly string[] | undefined

  constructor(collection: Collection, repository: RepositoryInventory) {
    this.#collection = collection
    this.#repository = repository
  }

  /** Whether a tag names the digest now. Every link that the engine cannot read ends it, whichever revision it looks up. */
  isTagged(digest: Digest): boolean {
    this.#current ??= this.#read(digest)
    return this.#current.has(digest)
  }

  /** The deletion of a revision, which takes its entries in the history of tags along. */
  deletionOf(digest: Digest): EligibleManifest {
    const { name, tags } = this.#repository
    const named = tags.filter(({ history }) => history !== 'a file' && history.includes(digest))
    this.#allTags ??= tags.map((tag) => tag.name)
    return { repository: name, digest, tags: named.map((tag) => tag.name), allTags: this.#allTags }
  }

  /** 2.8 ends where a revision is to be deleted and there is no directory of tags. */
  requireDirectory(): void {
    const { name, tagsEntry } = this.#repository
    if (tagsEntry !== 'missing') return
    const path = `${this.#collection.inventory.v2}/repositories/${name}/_manifests/tags`
    const error = `failed to retrieve tags unknown repository name=${name}`
    this.#collection.stop({ kind: 'tags-missing', path, repository: name, error }, 2)
  }

  #read(first: Digest): ReadonlySet<Digest> {
    const current = new Set<Digest>()
    if (this.#repository.tagsEntry === 'file') {
      const path = `${this.#collection.inventory.v2}/repositories/${this.#repository.name}/_manifests/tags`
      const error = `${this.#collection.driverName}: readdirent ${path}: not a directory`
      this.#stop({ kind: 'not-a-directory', path, error, first })
    }
    for (const tag of this.#repository.tags) {
      const link = tag.current
      if (link.is === 'names') current.add(link.digest)
      if (link.is === 'invalid' || link.is === 'misplaced') this.#refuse(tag, link, first)
    }
    return current
  }

  #refuse(
    { name }: TagInventory,
    link: Extract<TagInventory['current'], { is: 'invalid' | 'misplaced' }>,
    first: Digest,
  ): void {
    const { inventory, driverName } = this.#collection
    const usual = `${inventory.v2}/repositories/${this.#repository.name}/_manifests/tags/${name}/current/link`
    const path = link.is === 'misplaced' ? link.path : usual
    const kind = link.is === 'misplaced' && link.error !== 'is a directory' ? 'file-in-tags' : 'tag-link-invalid'
    this.#stop({
      kind,
      path,
      tag: name,
      error: linkError(link, this.#collection.enginePath(usual), driverName).text,
      first,
    })
  }

  #stop(about: {
    readonly kind: 'not-a-directory' | 'file-in-tags' | 'tag-link-invalid'
    readonly path: string
    readonly tag?: string
    readonly error: string
    readonly first: Digest
  }): void {
    const { first, error, ...rest } = about
    const failed = `failed to retrieve tags for digest ${first}: ${error}`
    this.#collection.stop({ ...rest, repository: this.#repository.name, error: failed }, 2)
  }
}
