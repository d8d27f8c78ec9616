import type { Digest } from '../oci/digest.ts'
import type { Inventory, LinkFile, RepositoryInventory } from './inventory.ts'
import { LinkTable } from './link-table.ts'
import type { ReadinessIssue } from './outcome.ts'

/** What of a storage 3.x does not take as 2.8 does. Empty: it can be upgraded. */
export function readinessOf(inventory: Inventory): ReadinessIssue[] {
  return inventory.repositories.found.flatMap((repository) => new RepositoryReadiness(inventory, repository).issues())
}

class RepositoryReadiness {
  readonly #inventory: Inventory
  readonly #repository: RepositoryInventory
  readonly #revisions: LinkTable
  readonly #layers: LinkTable

  constructor(inventory: Inventory, repository: RepositoryInventory) {
    this.#inventory = inventory
    this.#repository = repository
    this.#revisions = new LinkTable(repository.revisions)
    this.#layers = new LinkTable(repository.layers)
  }

  issues(): ReadinessIssue[] {
    return [...this.#directories(), ...this.#schema1(), ...this.#linkedAsLayers(), ...this.#invalidLayerLinks()]
  }

  #directories(): ReadinessIssue[] {
    const { layersEntry, manifestsEntry, tagsEntry, revisions } = this.#repository
    const issue = (kind: ReadinessIssue['kind'], effect: ReadinessIssue['effect'], name: string): ReadinessIssue[] => [
      { kind, effect, repository: this.#repository.name, path: `${this.#home}/${name}`, tags: [] },
    ]
    if (manifestsEntry === 'missing') return issue('manifests-missing', 'silently-deleted', '_manifests')
    return [
      ...(layersEntry === 'missing' ? issue('layers-missing', 'collection-aborts', '_layers') : []),
      ...(tagsEntry === 'missing' && revisions.length > 0
        ? issue('tags-missing', 'silently-deleted', '_manifests/tags')
        : []),
    ]
  }

  #schema1(): ReadinessIssue[] {
    return this.#repository.revisions.flatMap((link) => {
      const digest = targetOf(link)
      if (digest === undefined || this.#inventory.manifests.get(digest)?.v2.is !== 'schema1') return []
      const path = typeof link === 'string' ? this.#linkPath('_manifests/revisions', link) : link.path
      return [this.#issue('schema1', 'not-served', { path, digest })]
    })
  }

  /** Tags and children of indexes that 2.8 serves by their layer link. Each manifest is visited once, without recursion. */
  #linkedAsLayers(): ReadinessIssue[] {
    const tagged = this.#repository.tags.flatMap(({ current }) => (current.is === 'names' ? current.digest : []))
    const pending = tagged.reverse()
    const seen = new Set<Digest>()
    const issues: ReadinessIssue[] = []
    for (let digest = pending.pop(); digest !== undefined; digest = pending.pop()) {
      if (seen.has(digest)) continue
      seen.add(digest)
      const isRevision = this.#revisions.find(digest).is !== 'missing'
      const link = isRevision ? this.#revisions.find(digest) : this.#layers.find(digest)
      const manifest = link.is === 'names' ? this.#inventory.manifests.get(link.digest)?.v2 : undefined
      if (manifest === undefined || !('references' in manifest)) continue
      const path = this.#linkPath('_layers', digest)
      if (!isRevision) issues.push(this.#issue('manifest-linked-as-layer', 'not-served', { path, digest }))
      if (manifest.is === 'index') pending.push(...this.#children(manifest.references).reverse())
    }
    return issues
  }

  #children(references: readonly string[]): Digest[] {
    return references.filter((each): each is Digest => this.#inventory.manifests.has(each as Digest))
  }

  #invalidLayerLinks(): ReadinessIssue[] {
    return this.#repository.layers.flatMap((link) => {
      if (typeof link === 'string' || link.content.is !== 'invalid') return []
      const { path, at } = link
      return [this.#issue('layer-link-invalid', 'collection-aborts', { path, ...(at && { digest: at }) })]
    })
  }

  #issue(
    kind: ReadinessIssue['kind'],
    effect: ReadinessIssue['effect'],
    about: { readonly path: string; readonly digest?: Digest },
  ): ReadinessIssue {
    return { kind, effect, repository: this.#repository.name, ...about, tags: this.#tagsReaching(about.digest) }
  }

  /** Tags that name the digest, or an index that names it. */
  #tagsReaching(digest: Digest | undefined): readonly string[] {
    if (digest === undefined) return []
    return this.#repository.tags.flatMap(({ name, current }) => {
      if (current.is !== 'names') return []
      const manifest = this.#inventory.manifests.get(current.digest)?.v2
      const isNamed = manifest !== undefined && 'references' in manifest && manifest.references.includes(digest)
      return current.digest === digest || isNamed ? [name] : []
    })
  }

  #linkPath(name: string, digest: Digest): string {
    return `${this.#home}/${name}/${digest.replace(':', '/')}/link`
  }

  get #home(): string {
    return `${this.#inventory.v2}/repositories/${this.#repository.name}`
  }
}

function targetOf(link: LinkFile): Digest | undefined {
  if (typeof link === 'string') return link
  return link.content.is === 'names' ? link.content.digest : undefined
}
