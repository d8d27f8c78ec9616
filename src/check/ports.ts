import type { Digest } from '../oci/digest.ts'
import type { TagName } from '../oci/names.ts'
import type { Evidence } from './findings/evidence.ts'
import type { StoreError, StoreErrorCode } from './store-error.ts'

/**
 * What a source must answer about one repository. It has no method that writes: regfsck is a scanner.
 *
 * "Not there", "could not tell" and "wrong" are three answers of three types: `absent`, {@link StoreError}, and a
 * measured value that differs from the claim. Questions come in batches, because a call for each object costs more than
 * the answer. Answers have the order of the questions.
 */
export interface RepositoryStore {
  /** Every tag that the repository lists. @throws {StoreError} if they cannot be listed */
  listTags(): Promise<Listing<TagName>>
  /** Every linked revision, tagged or not; `undefined` if the source cannot list them. @throws {StoreError} */
  listRevisions(): Promise<Listing<Digest> | undefined>
  /** Every layer link; `undefined` if the source cannot list them. @throws {StoreError} */
  listLayerLinks(): Promise<Listing<Digest> | undefined>
  /**
   * Manifests that name each digest as their subject. Missing if the source lists all revisions. A registry without such a
   * list finds none: it keeps them under fallback tags.
   */
  listReferrers?(digests: readonly Digest[]): Promise<readonly Answer<Listing<Digest>>[]>
  resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]>
  /** The bytes of manifests, not yet checked. */
  readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]>
  /**
   * The hash of a file that is too large for memory, by the algorithm of `digest`. Missing if the source can read bytes
   * only through a server. @param target as `readManifests` returned it
   */
  hashManifest?(digest: Digest, target: Digest): Promise<Answer<Digest | undefined>>
  /** Bytes that are still stored although the repository no longer serves them. Only used to find the cause. */
  readRemains(digest: Digest): Promise<Answer<Remains | undefined>>
  /** The bytes of a config, if it is no larger than a manifest may be; `undefined` if it cannot be read. */
  readConfig?(digest: Digest): Promise<Uint8Array | undefined>
  probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]>
}

/** An answer, or why there is none. */
export type Answer<T> = T | StoreError

/** What a listing found, and which places it could not list. */
export interface Listing<T> {
  readonly found: readonly T[]
  readonly unreadable: readonly Unreadable[]
}

/** A place that could not be read. */
export interface Unreadable {
  /** A path or URL; may carry text from the registry: escape before printing. */
  readonly place: string
  readonly because: StoreErrorCode
  readonly detail: string
}

/** What a tag resolves to. */
export type TagAnswer =
  | { readonly is: 'resolved'; readonly digest: Digest }
  | {
      readonly is: 'dangling'
      readonly cause: 'link-missing' | 'link-invalid' | 'not-served'
      readonly evidence: Evidence
    }
  /** It was deleted after it was listed: not reported. */
  | { readonly is: 'gone' }

/** Why a manifest is not served. */
export type AbsentManifestCause = 'revision-link-missing' | 'revision-link-invalid' | 'manifest-missing' | 'not-served'

/** The bytes of a manifest, or why there are none. */
export type ManifestAnswer =
  | {
      readonly is: 'served'
      readonly bytes: Uint8Array
      /** The digest that the bytes should have. Differs from the question if a link names another. */
      readonly target: Digest
      /** The revision link is gone and a layer link leads here: distribution 2.8 serves it, 3.x does not. */
      readonly linkedAsLayer: boolean
      /** The bytes come from an earlier run; the store only confirmed that it still has them. */
      readonly remembered?: boolean
      /** A registry serves them, so it does not matter what another version of distribution would do. */
      readonly servedByRegistry?: boolean
      /** The headers of the answer. Missing if it was not read from a registry. */
      readonly labels?: ServedLabels
      readonly evidence: Evidence
    }
  | { readonly is: 'absent'; readonly cause: AbsentManifestCause; readonly evidence: Evidence }
  /** Larger than the limit for reading into memory. */
  | {
      readonly is: 'too-large'
      /** The size, or the number of bytes received before the read was given up. */
      readonly bytes: number
      readonly target: Digest
      readonly linkedAsLayer: boolean
      readonly evidence: Evidence
    }

/** The headers by which clients decide what a manifest is. */
export interface ServedLabels {
  /** Of the answer that has the bytes. */
  readonly contentType: string | undefined
  /** Of the answer to HEAD, if clients use it. */
  readonly head?: { readonly contentType: string | undefined; readonly contentLength: string }
}

/** Bytes that are stored but not served. */
export interface Remains {
  readonly bytes: Uint8Array
  readonly place: string
}

/** A config or layer to check. */
export interface BlobQuestion {
  readonly digest: Digest
  /** The sizes claimed by different parents. A file that differs from one of them is hashed at every depth. */
  readonly sizes: readonly number[]
  /** `false`: only whether it exists matters; it is not hashed at any depth. */
  readonly prove: boolean
  /** Only a link leads to it: nothing needs it. */
  readonly stray?: boolean
}

/** Why a blob is not served. */
export type AbsentBlobCause = 'layer-link-missing' | 'layer-link-invalid' | 'blob-missing' | 'not-served'

/** What is stored of a blob, not yet checked. */
export type BlobAnswer =
  | {
      readonly is: 'present'
      readonly bytes: number
      /** The digest in the link. Differs from the question if the link names another blob, or uses another algorithm. */
      readonly target: Digest
      /** A link on the way names the wrong blob. Set only if the algorithms of the digests differ. */
      readonly misled?: boolean
      /** The hash of the bytes by the algorithm of the question; `undefined` if it was not computed. */
      readonly measured: Digest | undefined
      readonly evidence: Evidence
    }
  | {
      readonly is: 'absent'
      readonly cause: AbsentBlobCause
      readonly evidence: Evidence
      /** The digest in the link, if there is a link. */
      readonly target?: Digest
    }
