import { algorithmOf, type Digest, encodedOf } from '../../oci/digest.ts'

/** Where a registry stores everything. */
export interface RegistryPlace {
  /** The storage root, as the registry's configuration names it. */
  readonly root: string
  /** `docker/registry/v2` below it. */
  readonly v2: string
}

/**
 * Paths of the distribution layout below `docker/registry/v2`, the same in 2.8 and 3.x.
 *
 * @see distribution, registry/storage/paths.go
 */
export interface RepositoryPaths {
  readonly tags: string
  readonly revisions: string
  readonly layers: string
}

/** The directory of the repositories. */
export function repositoriesPath(v2: string): string {
  return `${v2}/repositories`
}

/** The directory of the blobs. */
export function blobsPath(v2: string): string {
  return `${v2}/blobs`
}

/** The directory of one repository. */
export function repositoryHome(v2: string, repository: string): string {
  return `${repositoriesPath(v2)}/${repository}`
}

/** The directories of one repository. */
export function repositoryPaths(v2: string, repository: string): RepositoryPaths {
  const home = repositoryHome(v2, repository)
  return { tags: `${home}/_manifests/tags`, revisions: `${home}/_manifests/revisions`, layers: `${home}/_layers` }
}

/** The link of a revision or layer. @param links `RepositoryPaths.revisions` or `.layers` */
export function linkPath(links: string, digest: Digest): string {
  return `${links}/${digest.replace(':', '/')}/link`
}

/** The directory of a blob, relative to the blobs directory. */
export function blobPlace(digest: Digest): string {
  const encoded = encodedOf(digest)
  return `${algorithmOf(digest)}/${encoded.slice(0, 2)}/${encoded}`
}

/** The file with the bytes of a digest. */
export function dataPath(v2: string, digest: Digest): string {
  return `${blobsPath(v2)}/${blobPlace(digest)}/data`
}
