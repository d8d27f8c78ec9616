import type { Digest } from '../oci/digest.ts'
import type { TagName } from '../oci/names.ts'
import type { Evidence } from './findings/evidence.ts'
import type { StoreError, StoreErrorCode } from './store-error.ts'

/**
 * What a source must answer about one repository. There is no way to write: we are a scanner.
 *
 * "Not there", "could not tell" and "wrong" are three answers of three types: `absent`, {@link StoreError}, and a
 * measured value that differs from the claim. Questions come in batches, because a call per object costs more than the
 * answer; the answers stand in the order of the questions.
 */
export interface RepositoryStore {
  /** Every tag that the repository lists. @throws {StoreError} where they cannot be listed */
  listTags(): Promise<Listing<TagName>>
  /** Every revision that is linked, tagged or not; `undefined` where a source cannot know. @throws {StoreError} */
  listRevisions(): Promise<Listing<Digest> | undefined>
  /** Every layer link; `undefined` where a source cannot know. @throws {StoreError} */
  listLayerLinks(): Promise<Listing<Digest> | undefined>
  resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]>
  /** The bytes of manifests, unjudged. */
  readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]>
  /**
   * The hash of a file that is too large to be read into memory, by the algorithm of `digest`; left out where its bytes
   * cannot be had without a server. @param target as it was answered
   */
  hashManifest?(digest: Digest, target: Digest): Promise<Answer<Digest | undefined>>
  /** Bytes that are still stored though the repository no longer serves them: only to find a cause. */
  readRemains(digest: Digest): Promise<Answer<Remains | undefined>>
  /** The bytes of a config, at most as many as a manifest may have; `undefined` where it cannot be had. */
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

/** A place that could not be looked at. */
export interface Unreadable {
  /** A path or URL; may carry text from the registry: escape before printing. */
  readonly place: string
  readonly because: StoreErrorCode
  readonly detail: string
}

/** What became of a tag that was listed. */
export type TagAnswer =
  | { readonly is: 'resolved'; readonly digest: Digest }
  | {
      readonly is: 'dangling'
      readonly cause: 'link-missing' | 'link-invalid' | 'not-served'
      readonly evidence: Evidence
    }
  /** Listed a moment ago and deleted since: nothing to say about it. */
  | { readonly is: 'gone' }

/** Why a manifest is not served. */
export type AbsentManifestCause = 'revision-link-missing' | 'revision-link-invalid' | 'manifest-missing' | 'not-served'

/** The bytes of a manifest, or why there are none. */
export type ManifestAnswer =
  | {
      readonly is: 'served'
      readonly bytes: Uint8Array
      /** The digest whose bytes these are meant to be; differs from the question where a link names another. */
      readonly target: Digest
      /** The revision link is gone and a layer link leads here: distribution 2.8 serves it, 3.x does not. */
      readonly linkedAsLayer: boolean
      /** The bytes are those of an earlier run; the store only said that it still has them. */
      readonly remembered?: boolean
      /** They come from a registry that serves them, whatever another one would do. */
      readonly servedByRegistry?: boolean
      /** How the registry labels it; left out where no registry serves it. */
      readonly labels?: ServedLabels
      readonly evidence: Evidence
    }
  | { readonly is: 'absent'; readonly cause: AbsentManifestCause; readonly evidence: Evidence }
  /** Larger than what is read into memory. */
  | {
      readonly is: 'too-large'
      /** As many as there are, or as many as came before it was given up. */
      readonly bytes: number
      readonly target: Digest
      readonly linkedAsLayer: boolean
      readonly evidence: Evidence
    }

/** The headers by which clients decide what a manifest is. */
export interface ServedLabels {
  /** On the answer that has the bytes. */
  readonly contentType: string | undefined
  /** On the answer to HEAD, where clients believe it. */
  readonly head?: { readonly contentType: string | undefined; readonly contentLength: string }
}

/** Bytes that are stored without being served. */
export interface Remains {
  readonly bytes: Uint8Array
  readonly place: string
}

/** A config or layer to look for. */
export interface BlobQuestion {
  readonly digest: Digest
  /** The sizes claimed by different parents. A file that differs from one of them is hashed at every depth. */
  readonly sizes: readonly number[]
  /** `false` asks only whether it is there: nothing is hashed at any depth. */
  readonly prove: boolean
  /** Asked only because a link leads to it: nothing needs it. */
  readonly stray?: boolean
}

/** Why a blob is not served. */
export type AbsentBlobCause = 'layer-link-missing' | 'layer-link-invalid' | 'blob-missing' | 'not-served'

/** What is stored of a blob; nothing is judged yet. */
export type BlobAnswer =
  | {
      readonly is: 'present'
      readonly bytes: number
      /** What the link names; differs from the question where a link names another blob, or by another algorithm. */
      readonly target: Digest
      /** A link on the way names another blob than it should, though the algorithms of the digests differ. */
      readonly misled?: boolean
      /** The hash of the bytes by the algorithm of the question; `undefined` where it was not computed. */
      readonly measured: Digest | undefined
      readonly evidence: Evidence
    }
  | {
      readonly is: 'absent'
      readonly cause: AbsentBlobCause
      readonly evidence: Evidence
      /** What the link names, where there is one. */
      readonly target?: Digest
    }
