import { algorithmOf, type Digest } from '../oci/digest.ts'
import type { Inventory, LinkFile, RepositoryInventory } from './inventory.ts'
import type { GcDeleted, GcRemainder } from './outcome.ts'

/** What a collection leaves although one may expect it to go. Kinds of which nothing remains are left out. */
export function remaindersOf(inventory: Inventory, deleted: GcDeleted): GcRemainder[] {
  const links = new RemainingLinks(inventory, deleted)
  const { found } = inventory.repositories
  return [
    remainder('orphan-layer-links', found, (repository) => ({ count: links.orphans(repository), bytes: 0 })),
    remainder('uploads', found, ({ uploads }) => uploads),
    remainder('digest-aliases', found, (repository) => ({ count: links.aliases(repository), bytes: 0 })),
  ].filter(({ count }) => count > 0)
}

class RemainingLinks {
  readonly #inventory: Inventory
  readonly #blobs: ReadonlySet<Digest>
  readonly #links: ReadonlySet<string>

  constructor(inventory: Inventory, { blobs, layerLinks }: GcDeleted) {
    this.#inventory = inventory
    this.#blobs = new Set(blobs)
    this.#links = new Set(layerLinks.map(({ repository, digest }) => `${repository} ${digest}`))
  }

  orphans(repository: RepositoryInventory): number {
    return repository.layers.filter((link) => !isAlias(link) && this.#isOrphan(repository, link)).length
  }

  aliases(repository: RepositoryInventory): number {
    return repository.layers.filter((link) => isAlias(link) && this.#isOrphan(repository, link)).length
  }

  #isOrphan({ name }: RepositoryInventory, link: LinkFile): boolean {
    const at = typeof link === 'string' ? link : link.at
    const target = typeof link === 'string' ? link : link.content.is === 'names' ? link.content.digest : undefined
    if (at === undefined || target === undefined) return false
    if (this.#links.size > 0 && this.#links.has(`${name} ${at}`)) return false
    return !this.#inventory.blobs.sizes.has(target) || (this.#blobs.size > 0 && this.#blobs.has(target))
  }
}

/** A name of another algorithm, such as sha512, for a blob that is stored by its sha256. */
function isAlias(link: LinkFile): boolean {
  if (typeof link === 'string' || link.at === undefined || link.content.is !== 'names') return false
  return algorithmOf(link.at) !== algorithmOf(link.content.digest)
}

function remainder(
  kind: GcRemainder['kind'],
  repositories: readonly RepositoryInventory[],
  measure: (repository: RepositoryInventory) => { readonly count: number; readonly bytes: number },
): GcRemainder {
  const byRepository = repositories
    .map((repository) => ({ repository: repository.name, ...measure(repository) }))
    .filter(({ count }) => count > 0)
  const count = byRepository.reduce((sum, each) => sum + each.count, 0)
  const bytes = byRepository.reduce((sum, each) => sum + each.bytes, 0)
  return { kind, count, bytes, byRepository }
}
