import type { Unreadable } from '../../../check/ports.ts'
import type { Inventory, ManifestContent, RepositoryInventory } from '../../../gc/inventory.ts'
import { LinkTable } from '../../../gc/link-table.ts'
import type { Digest } from '../../../oci/digest.ts'
import { isDigest } from '../../../oci/digest.ts'
import type { StorageDriver } from '../driver.ts'
import type { WorkerPool } from '../worker-pool.ts'
import { listBlobShares } from './blob-shares.ts'
import { findRepositoryHomes } from './repository-tree.ts'

/** Manifests that a thread reads at a time. */
const BATCH = 500
/** Directories such as `sha256/ab` that a thread reads at a time. */
const PLACES = 8

/**
 * Reads what garbage collectors see of a registry's storage. It reads every link and every manifest, but of other blobs only
 * the size. What it cannot read is in `unreadable`, and makes an outcome unknown.
 */
export async function readInventory(v2: string, driver: StorageDriver, pool: WorkerPool): Promise<Inventory> {
  return new InventoryReader(v2, driver, pool).read()
}

class InventoryReader {
  readonly #v2: string
  readonly #driver: StorageDriver
  readonly #pool: WorkerPool
  readonly #unreadable: Unreadable[] = []
  readonly #sizes = new Map<Digest, number>()
  readonly #manifests = new Map<Digest, ManifestContent>()

  constructor(v2: string, driver: StorageDriver, pool: WorkerPool) {
    this.#v2 = v2
    this.#driver = driver
    this.#pool = pool
  }

  async read(): Promise<Inventory> {
    const [blobs, repositories] = await Promise.all([this.#readBlobs(), this.#readRepositories()])
    let wanted = manifestsOf(repositories.found)
    while (await this.#readManifests(wanted)) wanted = this.#servedFromLayers(repositories.found)
    return {
      v2: this.#v2,
      keepsDirectories: this.#driver.keepsDirectories,
      repositories,
      blobs,
      manifests: this.#manifests,
      unreadable: [...new Map(this.#unreadable.map((each) => [each.place, each])).values()],
    }
  }

  async #readRepositories(): Promise<Inventory['repositories']> {
    const tree = await findRepositoryHomes(this.#driver, this.#v2, this.#unreadable)
    const parts = await Promise.all(tree.homes.map((home) => this.#pool.run({ do: 'read-repository', home })))
    this.#unreadable.push(...parts.flatMap(({ unreadable }) => unreadable))
    const found = parts.map(({ repository }) => repository)
    return { exists: tree.exists, found, underscoredFiles: tree.underscoredFiles }
  }

  async #readBlobs(): Promise<Inventory['blobs']> {
    const shares = await listBlobShares(this.#driver, this.#v2)
    const tasks = batches(shares.places, PLACES).map((places) => this.#pool.run({ do: 'read-blobs', places }))
    const parts = await Promise.all(tasks)
    this.#unreadable.push(...shares.unreadable, ...parts.flatMap(({ unreadable }) => unreadable))
    for (const { digests, sizes } of parts)
      for (const [n, digest] of digests.entries()) this.#sizes.set(digest, sizes[n] ?? 0)
    return {
      exists: shares.exists,
      sizes: this.#sizes,
      strays: [...shares.strays, ...parts.flatMap(({ strays }) => strays)],
      obstacles: [...shares.obstacles, ...parts.flatMap(({ obstacles }) => obstacles)],
    }
  }

  /** @returns whether there was anything to read */
  async #readManifests(wanted: ReadonlySet<Digest>): Promise<boolean> {
    const digests = [...wanted].filter((digest) => this.#sizes.has(digest) && !this.#manifests.has(digest))
    const read = async (batch: readonly Digest[]): Promise<void> => {
      const { contents, unreadable } = await this.#pool.run({ do: 'read-manifests', digests: batch })
      this.#unreadable.push(...unreadable)
      for (const [n, digest] of batch.entries()) {
        const content = contents[n]
        if (content !== undefined) this.#manifests.set(digest, content)
      }
    }
    await Promise.all(batches(digests, BATCH).map(read))
    return digests.length > 0
  }

  /** Tags and children whose only link is that of a layer: 2.8 serves them. Which are manifests, only an index tells. */
  #servedFromLayers(repositories: readonly RepositoryInventory[]): ReadonlySet<Digest> {
    const wanted = new Set<Digest>()
    for (const { revisions, layers, tags } of repositories) {
      const own = new LinkTable(revisions)
      const linked = new LinkTable(layers)
      const want = (digest: Digest): void => {
        if (own.find(digest).is !== 'missing') return
        const link = linked.find(digest)
        if (link.is === 'names' && !this.#manifests.has(link.digest)) wanted.add(link.digest)
      }
      for (const { current } of tags) if (current.is === 'names') want(current.digest)
      for (const link of [...revisions, ...layers]) {
        const content = typeof link === 'string' ? this.#manifests.get(link)?.v2 : undefined
        if (content?.is !== 'index') continue
        for (const reference of content.references) if (isDigest(reference)) want(reference)
      }
      for (const link of revisions)
        if (typeof link !== 'string' && link.content.is === 'names') want(link.content.digest)
    }
    return wanted
  }
}

function manifestsOf(repositories: readonly RepositoryInventory[]): ReadonlySet<Digest> {
  const wanted = new Set<Digest>()
  for (const { revisions } of repositories)
    for (const link of revisions)
      if (typeof link === 'string') wanted.add(link)
      else if (link.content.is === 'names') wanted.add(link.content.digest)
  return wanted
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}
