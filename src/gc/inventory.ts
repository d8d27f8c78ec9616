import type { Unreadable } from '../check/ports.ts'
import type { Digest } from '../oci/digest.ts'

/**
 * What the garbage collectors of distribution see of a registry's storage. {@link GcOutcome} is computed from it alone.
 *
 * It is a picture of one moment. Names and paths come from storage: escape them before printing. Most links name the digest of
 * their own directory, so such a link is just that digest, and a registry of 200,000 files takes some 50 MiB.
 *
 * `readInventory` in `sources/distribution/collection/` makes one.
 */
export interface Inventory {
  /** The directory `docker/registry/v2`, as reports show it. */
  readonly v2: string
  /** `false`: storage without directories, such as S3. */
  readonly keepsDirectories: boolean
  /** The directory `repositories`. */
  readonly repositories: RepositoryTree
  readonly blobs: BlobTree
  /** Every manifest that a collection may read, by the digest under which its bytes are stored. */
  readonly manifests: ReadonlyMap<Digest, ManifestContent>
  /**
   * Whatever could not be read: links that are not followed, denied directories, devices. The engine may see something there,
   * so nothing that depends on it is known. Empty for most registries.
   */
  readonly unreadable: readonly Unreadable[]
}

/** The directory of all repositories, as far as a collection walks it. */
export interface RepositoryTree {
  /** `false`: there is no such directory, and a collection on a file system aborts. */
  readonly exists: boolean
  /** In the order of a walk by path component: a directory before what is in it, entries by their bytes. */
  readonly found: readonly RepositoryInventory[]
  /**
   * Files beside repositories whose name begins with `_`, as complete paths. 2.8 leaves the directory there: it skips whatever
   * comes after it, and sweeps it.
   */
  readonly underscoredFiles: readonly string[]
}

/** One directory that an engine takes for a repository: it contains `_layers` or `_manifests`. */
export interface RepositoryInventory {
  /** The path below `repositories`. It may be no valid name: then both engines abort. */
  readonly name: string
  /** What `_layers` is. 2.8 finds repositories by it, 3.x aborts without it. */
  readonly layersEntry: EntryKind
  /** What `_manifests` is. 3.x finds repositories by it. */
  readonly manifestsEntry: EntryKind
  /** What `_manifests/revisions` is. */
  readonly revisionsEntry: EntryKind
  /** What `_manifests/tags` is. With `--delete-untagged` 2.8 aborts without it if there are revisions. */
  readonly tagsEntry: EntryKind
  /** Sorted by the bytes of their names: no engine promises an order. */
  readonly tags: readonly TagInventory[]
  /** Every file called `link` below `_manifests/revisions`, at any depth, in the order of a walk. */
  readonly revisions: readonly LinkFile[]
  /** Directories of revisions that contain no `link`, such as after an API `DELETE`. */
  readonly emptyRevisions: readonly Digest[]
  /** Every file called `link` below `_layers`, at any depth, in the order of a walk. */
  readonly layers: readonly LinkFile[]
  /** Uploads that were begun and not finished. No collection deletes them. */
  readonly uploads: { readonly count: number; readonly bytes: number }
}

/** What an entry of a directory is. */
export type EntryKind = 'directory' | 'file' | 'missing'

/**
 * One file called `link`. A plain digest stands for the usual one: `<algorithm>/<hex>/link`, which names that same digest. Any
 * other has its complete path.
 */
export type LinkFile = Digest | OddLink

/** A link at an unusual path, or with unusual content. */
export interface OddLink {
  readonly path: string
  /** The digest of its directory, if it lies at `<algorithm>/<hex>/link`: where an engine looks it up. */
  readonly at: Digest | undefined
  readonly content: LinkContent
}

/** What an engine reads in a link. */
export type LinkContent =
  | { readonly is: 'names'; readonly digest: Digest }
  /** Empty, cut short, with a newline, or of an unknown algorithm. `text`: its first bytes. */
  | { readonly is: 'invalid'; readonly text: string; readonly error: LinkError }
  /**
   * There is no such file: the directory of its digest is a file, or `link` is a directory. An engine walks past it, and fails
   * when it looks it up.
   */
  | { readonly is: 'misplaced'; readonly error: 'not a directory' | 'is a directory' }
  /** It could not be read: it is in {@link Inventory.unreadable} too. */
  | { readonly is: 'unknown' }

/** Why an engine refuses the text of a link. Its own words follow in the outcome. */
export type LinkError = 'format' | 'unsupported-algorithm' | 'length' | 'invalid-path'

/** An entry of `_manifests/tags`. */
export interface TagInventory {
  readonly name: string
  /** What `current/link` holds. */
  readonly current: TagLink
  /** Digests with an entry in `index`, its history. `a file`: in place of `index`. */
  readonly history: readonly Digest[] | 'a file'
}

/** The current link of a tag. `missing` is no error for the engines, and makes its manifest untagged. */
export type TagLink =
  | Exclude<LinkContent, { readonly is: 'misplaced' }>
  | { readonly is: 'missing' }
  /**
   * `_manifests/tags/NAME` or `current` is a file, `link` a directory, or the name is one that no engine opens: they abort with
   * `--delete-untagged`.
   */
  | {
      readonly is: 'misplaced'
      readonly path: string
      readonly error: 'not a directory' | 'is a directory' | 'invalid path'
    }

/** The directory `blobs`. */
export interface BlobTree {
  readonly exists: boolean
  /** The bytes of each blob at its place: `<algorithm>/<first two>/<hex>/data`. */
  readonly sizes: ReadonlyMap<Digest, number>
  /** Files called `data` anywhere else, in the order of a walk. */
  readonly strays: readonly StrayData[]
  /** Files where a directory is expected, as paths below `blobs`, such as `sha256/ab`: whatever looks below fails. */
  readonly obstacles: readonly string[]
}

/** A file called `data` that is at no blob's place: left by `cp -r` or a restored backup. */
export interface StrayData {
  readonly path: string
  readonly bytes: number
  /** What both engines make of its path. They take a wrong depth for a blob if the parts look right. */
  readonly takenFor:
    | {
        readonly is: 'blob'
        readonly digest: Digest
        /** Whether there is a directory at the place of that digest: if not, its deletion fails. */
        readonly hasPlace: boolean
      }
    /** The collection ends with this error, or crashes. */
    | { readonly is: 'error'; readonly error: LinkError | 'crash' }
}

/** The bytes of a manifest as each engine decodes them. Both are one object where they agree. */
export interface ManifestContent {
  readonly v2: DecodedManifest
  readonly v3: DecodedManifest
  /** `false`: the bytes hash to another digest, so no client accepts them. */
  readonly isIntact: boolean
  /** The manifest that it is about. The engines ignore it. */
  readonly subject?: Digest
}

/** What an engine gets from a manifest. */
export type DecodedManifest =
  | {
      readonly is: 'image' | 'index' | 'schema1'
      /** In the engine's order, the config first. The engines do not check that they are digests. */
      readonly references: readonly string[]
      /** What clients make of each reference. */
      readonly claims: readonly ReferenceClaim[]
    }
  /** The engine ends with this error. */
  | { readonly is: 'refused'; readonly error: string; readonly kind: 'undecodable' | 'unsupported' }
  /** It could not be read: it is in {@link Inventory.unreadable} too. */
  | { readonly is: 'unknown' }

/** What a manifest says about something that it refers to. Equal ones are one object. */
export interface ReferenceClaim {
  /** Bytes; `undefined` if it says nothing. Not kept for children. */
  readonly size: number | undefined
  /** Of a child: `os/architecture[/variant]`. */
  readonly platform: string | undefined
  /** `false`: an attestation or an artifact. */
  readonly runnable: boolean
  /** A layer that the registry need not hold. */
  readonly foreign: boolean
}
