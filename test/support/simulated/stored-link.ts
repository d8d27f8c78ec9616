import { type Digest, hashAlgorithmOf, isDigest } from '../../../src/oci/digest.ts'

/** What a link file holds; `null`: its directory is there, and the file is not. */
export type StoredLink = string | null

/** The links of one repository, by tag or digest. Tests break them as they like. */
export interface StoredRepository {
  readonly tags: Map<string, StoredLink>
  readonly revisions: Map<string, StoredLink>
  readonly layers: Map<string, StoredLink>
}

/** What a registry reads in a link file. */
export type ReadLink =
  | { readonly is: 'names'; readonly digest: Digest }
  | { readonly is: 'invalid'; readonly content: string }
  | { readonly is: 'missing' }
  | { readonly is: 'gone' }

/** The digests among the names of links. */
export function digestsIn(links: ReadonlyMap<string, StoredLink>): Digest[] {
  const names: string[] = [...links.keys()]
  return names.filter((name) => isDigest(name))
}

/** @param link `undefined` where not even its directory is there */
export function readLink(link: StoredLink | undefined): ReadLink {
  if (link === undefined) return { is: 'gone' }
  if (link === null) return { is: 'missing' }
  if (isDigest(link) && hashAlgorithmOf(link) !== undefined) return { is: 'names', digest: link }
  return { is: 'invalid', content: JSON.stringify(link.slice(0, 100)) }
}
