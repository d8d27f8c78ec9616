import type { Digest } from '../oci/digest.ts'
import type { Collection } from './collection.ts'
import { stopAtListing } from './enumerate-links.ts'
import type { DecodedManifest, RepositoryInventory } from './inventory.ts'
import { nameError } from './repository-name.ts'
import { visitedRepositories } from './walk-order.ts'

/** The repositories that an engine marks, in its order. Each is entered when the one before it is marked. */
export function* enteredRepositories(collection: Collection): Generator<RepositoryInventory> {
  requireRepositories(collection)
  for (const repository of visitedRepositories(collection.inventory, collection.run))
    if (enterRepository(collection, repository)) yield repository
}

/** What both engines do first in a repository. @returns `false`: they end at its name */
function enterRepository(collection: Collection, repository: RepositoryInventory): boolean {
  const { name } = repository
  const { inventory, run } = collection
  collection.emit(name)
  const error = nameError(name, run.engine, collection.driverName)
  if (error !== undefined) {
    const path = `${inventory.v2}/repositories/${name}`
    const abort = { kind: 'repository-name-invalid', path, repository: name, error: error.text } as const
    collection.stop(abort, error.isPath ? 0 : 1)
    return false
  }
  const file = fileAbove(repository)
  if (file !== undefined)
    stopAtListing(collection, name, { name: '_manifests/revisions', file, is: 'file', kind: 'not-a-directory' })
  return true
}

/** A file in place of a directory on the way to the revisions. A missing one is no error. */
function fileAbove({ manifestsEntry, revisionsEntry }: RepositoryInventory): string | undefined {
  if (manifestsEntry === 'file') return '_manifests'
  return revisionsEntry === 'file' ? '_manifests/revisions' : undefined
}

/** Ends at a missing `repositories`. */
function requireRepositories(collection: Collection): void {
  const { inventory, run } = collection
  // 3.x finds no keys in S3, and is content.
  if (inventory.repositories.exists || (run.engine === '3' && run.driver === 's3')) return
  const error = `${collection.driverName}: Path not found: /docker/registry/v2/repositories`
  const path = `${inventory.v2}/repositories`
  collection.stop({ kind: 'repositories-missing', path, repository: undefined, error }, 0)
}

/** What a manifest names, if the engine decodes it. Otherwise it ends there. @param target under which it is stored */
export function referencesOf(
  collection: Collection,
  repository: string,
  { digest, target }: { readonly digest: Digest; readonly target: Digest },
): readonly string[] {
  const manifest: DecodedManifest = collection.decoded(target)
  if (manifest.is === 'unknown') return []
  if (manifest.is !== 'refused') return manifest.references
  const isUnsupported = manifest.kind === 'unsupported'
  const abort = {
    kind: isUnsupported ? 'manifest-unsupported' : 'manifest-undecodable',
    path: collection.blobPath(target),
    repository,
    digest,
    error: `failed to retrieve manifest for digest ${digest}: ${manifest.error}`,
  } as const
  collection.stop(abort, 2)
  return []
}
