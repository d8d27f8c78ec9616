import type { Digest } from '../oci/digest.ts'
import { type Collection, ENGINE_ROOT } from './collection.ts'
import { linkError } from './engine-errors.ts'
import type { LinkContent, LinkFile, RepositoryInventory } from './inventory.ts'
import type { FoundLink, LinkTable } from './link-table.ts'
import type { GcAbortKind } from './outcome.ts'

/** One directory of links, as an engine enumerates it. */
export interface LinkDirectory {
  readonly repository: RepositoryInventory
  readonly links: readonly LinkFile[]
  readonly invalid: GcAbortKind
  /** Where the engine looks a digest up. 2.8 takes a layer link for a revision that has none. */
  readonly tables: readonly LinkTable[]
}

/**
 * Calls back with the digest that each link names, if the engine finds the blob of it.
 *
 * It looks up the digest in the link, not that of the directory. Links whose blob is gone are skipped: that is why orphans stay.
 *
 * @see distribution, `linkedBlobStore.Enumerate`
 */
export function enumerateLinks(
  collection: Collection,
  directory: LinkDirectory,
  found: (digest: Digest, target: Digest) => void,
): void {
  for (const link of directory.links) {
    const digest = typeof link === 'string' ? link : namedBy(collection, directory, link)
    if (digest === undefined) continue
    // A link at its own place that names its own digest leads there.
    const target = typeof link === 'string' ? link : resolveLink(collection, directory, digest)
    if (target === undefined) continue
    const has = collection.findBlob(target)
    if (typeof has === 'string') obstructed(collection, directory.repository.name, has)
    else if (has) found(digest, target)
  }
}

function namedBy(
  collection: Collection,
  directory: LinkDirectory,
  { path, content }: Exclude<LinkFile, Digest>,
): Digest | undefined {
  if (content.is === 'names') return content.digest
  // The walk comes to no file there.
  if (content.is !== 'invalid') return undefined
  refuse(collection, directory, { path, content })
  return undefined
}

/** What the link of a digest names. `undefined`: there is none, or it ends the collection. */
function resolveLink(collection: Collection, directory: LinkDirectory, digest: Digest): Digest | undefined {
  for (const table of directory.tables) {
    const link: FoundLink = table.find(digest)
    if (link.is === 'names') return link.digest
    if (link.is === 'missing') continue
    const path = table.pathOf(digest) ?? digest
    if (link.is !== 'unknown') refuse(collection, directory, { path, content: link })
    return undefined
  }
  return undefined
}

function refuse(
  collection: Collection,
  { repository, invalid }: LinkDirectory,
  { path, content }: { readonly path: string; readonly content: Extract<LinkContent, { is: 'invalid' | 'misplaced' }> },
): void {
  const kind = content.is === 'misplaced' ? 'not-a-directory' : invalid
  const error = linkError(content, collection.enginePath(path), collection.driverName)
  collection.stop({ kind, path, repository: repository.name, error: error.text }, error.isPath ? 0 : 2)
}

/** @param file that stands in place of a directory below `blobs` */
function obstructed(collection: Collection, repository: string, file: string): void {
  const path = `${collection.inventory.v2}/blobs/${file}`
  const error = `${collection.driverName}: stat ${path}: not a directory`
  collection.stop({ kind: 'not-a-directory', path, repository, error }, 2)
}

/** Ends where an engine lists a file, or something that is not there. @param name below the repository */
export function stopAtListing(
  collection: Collection,
  repository: string,
  about: { readonly name: string; readonly file: string; readonly is: 'file' | 'missing'; readonly kind: GcAbortKind },
): void {
  const { v2 } = collection.inventory
  const listed = `${ENGINE_ROOT}/repositories/${repository}/${about.name}`
  const path = `${v2}/repositories/${repository}/${about.file}`
  const abort = { kind: about.kind, path, repository }
  if (about.is === 'file') collection.stop({ ...abort, error: `readdirent ${path}: not a directory` }, 2)
  else collection.stop({ ...abort, error: `${collection.driverName}: Path not found: ${listed}` }, 0)
}
