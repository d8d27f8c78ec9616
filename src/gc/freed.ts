import type { Digest } from '../oci/digest.ts'
import type { Inventory, LinkFile, RepositoryInventory } from './inventory.ts'
import type { GcAmount, GcDeleted, GcFreed } from './outcome.ts'

type Cause = keyof GcFreed['byCause']

/** Counts what a collection frees, and for whom. @param visited names of the repositories that the engine sees */
export function freedBy(inventory: Inventory, deleted: GcDeleted, visited: ReadonlySet<string>): GcFreed {
  const sums = new Sums()
  const owners = ownersOf(inventory, new Set(deleted.blobs))
  const untagged = namedByDeleted(inventory, deleted)
  for (const digest of deleted.blobs) {
    const bytes = inventory.blobs.sizes.get(digest) ?? 0
    const repositories = owners.get(digest) ?? []
    sums.add(causeOf(untagged.has(digest), repositories, visited), bytes)
    for (const { name } of repositories) sums.addTo(name, repositories.length === 1 ? 'own' : 'shared', bytes)
  }
  return sums.result()
}

function causeOf(isUntagged: boolean, owners: readonly RepositoryInventory[], visited: ReadonlySet<string>): Cause {
  if (isUntagged) return 'untagged'
  if (owners.length === 0) return 'unlinked'
  return owners.every(({ name }) => !visited.has(name)) ? 'unseen' : 'uploads'
}

/** The repositories that link each of these digests, as a layer or as a revision. */
function ownersOf({ repositories }: Inventory, blobs: ReadonlySet<Digest>): ReadonlyMap<Digest, RepositoryInventory[]> {
  const owners = new Map<Digest, RepositoryInventory[]>()
  if (blobs.size === 0) return owners
  for (const repository of repositories.found)
    for (const links of [repository.layers, repository.revisions])
      for (const link of links) {
        const digest = targetOf(link)
        if (digest === undefined || !blobs.has(digest)) continue
        const known = owners.get(digest)
        if (known === undefined) owners.set(digest, [repository])
        else if (known.at(-1) !== repository) known.push(repository)
      }
  return owners
}

/** The digest that a link leads to. */
function targetOf(link: LinkFile): Digest | undefined {
  if (typeof link === 'string') return link
  return link.content.is === 'names' ? link.content.digest : undefined
}

/** Deleted manifests, and what they name. */
function namedByDeleted({ manifests }: Inventory, deleted: GcDeleted): ReadonlySet<string> {
  const named = new Set<string>()
  for (const { digest } of deleted.manifests) {
    named.add(digest)
    const decoded = manifests.get(digest)?.v2
    if (decoded !== undefined && 'references' in decoded) for (const each of decoded.references) named.add(each)
  }
  return named
}

class Sums {
  readonly #causes: Record<Cause, GcAmount> = {
    untagged: NOTHING,
    unlinked: NOTHING,
    uploads: NOTHING,
    unseen: NOTHING,
  }
  readonly #repositories = new Map<string, { own: GcAmount; shared: GcAmount }>()
  #all = NOTHING

  add(cause: Cause, bytes: number): void {
    this.#all = plus(this.#all, bytes)
    this.#causes[cause] = plus(this.#causes[cause], bytes)
  }

  addTo(repository: string, kind: 'own' | 'shared', bytes: number): void {
    const sums = this.#repositories.get(repository) ?? { own: NOTHING, shared: NOTHING }
    sums[kind] = plus(sums[kind], bytes)
    this.#repositories.set(repository, sums)
  }

  result(): GcFreed {
    const byRepository = [...this.#repositories]
      .map(([repository, sums]) => ({ repository, ...sums }))
      .sort((a, b) => b.own.bytes - a.own.bytes || (a.repository < b.repository ? -1 : 1))
    return { ...this.#all, byRepository, byCause: this.#causes }
  }
}

const NOTHING: GcAmount = { blobs: 0, bytes: 0 }

function plus({ blobs, bytes }: GcAmount, more: number): GcAmount {
  return { blobs: blobs + 1, bytes: bytes + more }
}
