import type { CauseOf } from '../check/findings/code.ts'
import type { Unreadable } from '../check/ports.ts'
import type { Digest } from '../oci/digest.ts'

/** A collector: 2.8.1 to 2.8.3 share one algorithm, 3.0.0 to 3.1.1 another. */
export type GcEngine = '2.8' | '3'

/** How a collection is run. */
export interface GcRun {
  readonly engine: GcEngine
  /** `-m`, `--delete-untagged`. */
  readonly deleteUntagged: boolean
  /** It decides in which order 3.x visits repositories, and what a missing directory means. */
  readonly driver: 'filesystem' | 's3'
}

/**
 * What one collection would do. `collect` in `gc/collect.ts` computes it from an {@link Inventory}.
 *
 * The order is the engine's: it marks all repositories, then deletes manifests, then blobs, then (3.x) layer links. An abort
 * while it marks deletes nothing; one while it sweeps leaves what is listed in `deleted` deleted.
 */
export interface GcOutcome {
  readonly run: GcRun
  /**
   * Every file that would stop it, the first one first: it stops there, and the others stop it once that one is repaired.
   * Empty: it ends normally.
   */
  readonly aborts: readonly GcAbort[]
  /** What it really deletes: with an abort, what was deleted until then. */
  readonly deleted: GcDeleted
  /** What remains of each kind. */
  readonly kept: { readonly revisions: number; readonly blobs: number; readonly blobBytes: number }
  /** What can be pulled now and cannot be pulled afterwards. By repository, then tags before revisions, each by name. */
  readonly broken: readonly GcBreakage[]
  readonly freed: GcFreed
  /** What stays although one may expect it to go. */
  readonly stays: readonly GcRemainder[]
  /** Not empty: the outcome is not known, whatever else it says. Never call it safe. */
  readonly unknown: readonly Unreadable[]
}

/** One file or directory at which a collection ends. */
export interface GcAbort {
  readonly kind: GcAbortKind
  /** The file or directory to look at. Complete. The engine often does not name it. */
  readonly path: string
  /** `undefined`: it is about `blobs` or `repositories` as a whole. */
  readonly repository: string | undefined
  readonly tag?: string
  readonly digest?: Digest
  /** The line that the engine ends with, as it prints it, without `failed to garbage collect: `. */
  readonly error: string
  /** `mark`: nothing was deleted yet. `sweep`: something may have been. */
  readonly phase: 'mark' | 'sweep'
  /** What was deleted when it stops here. Zero where the phase is `mark`. */
  readonly deletedBefore: {
    readonly manifests: number
    readonly blobs: number
    /** `false`: blobs are deleted in random order, so it is this many at most. */
    readonly isExact: boolean
    readonly layerLinks: number
  }
}

/** Why a collection ends. */
export type GcAbortKind = CauseOf<'gc-would-abort'>

/** What a collection deletes, in the engine's order. */
export interface GcDeleted {
  readonly manifests: readonly DeletedManifest[]
  /** In no order: the engines delete blobs in random order. After an abort among them, any part of these. */
  readonly blobs: readonly Digest[]
  /** Only 3.x. Repositories in random order, in each the links in this order. */
  readonly layerLinks: readonly DeletedLayerLink[]
  /** What the dry run prints as eligible although the real run would stop before it: see {@link GcOutcome.aborts}. */
  readonly eligible: { readonly manifests: number; readonly blobs: number; readonly layerLinks: number }
}

/** A revision that is deleted: its directory, and its entries in the history of tags. */
export interface DeletedManifest {
  readonly repository: string
  readonly digest: Digest
  /** The tags whose history loses an entry. */
  readonly tags: readonly string[]
}

/** A layer link that 3.x deletes. */
export interface DeletedLayerLink {
  readonly repository: string
  readonly digest: Digest
}

/** A tag, or a revision pulled by its digest, that works now and does not afterwards. */
export interface GcBreakage {
  readonly repository: string
  /** `undefined`: a revision that no tag names. */
  readonly tag: string | undefined
  /** What the tag names, or the revision. */
  readonly digest: Digest
  /**
   * `gone`: nothing of it can be pulled: its own manifest is not served. `unpullable`: it is served, but no image below it is
   * whole. `degraded`: some platforms are lost.
   */
  readonly becomes: 'gone' | 'unpullable' | 'degraded'
  /** `os/architecture[/variant]` of each image that is lost. Empty where the manifest states none. */
  readonly platforms: readonly string[]
  /** Through which objects. The first is the nearest to the tag. */
  readonly through: readonly LostObject[]
  /**
   * `true`: a revision without a tag that `--delete-untagged` is meant to delete. Its deletion is no surprise, unless something
   * uses its digest.
   */
  readonly intended: boolean
}

/** An object that is no longer served by a repository. */
export interface LostObject {
  readonly digest: Digest
  readonly is: 'manifest' | 'config' | 'layer'
  /** What is deleted: the revision's link, the bytes, or the layer link. */
  readonly loses: 'revision' | 'blob' | 'layer-link'
  /** The directory or file that is deleted. */
  readonly path: string
}

/** An amount of content. */
export interface GcAmount {
  readonly blobs: number
  readonly bytes: number
}

/** How much a collection frees. Bytes of blobs: links are not counted. */
export interface GcFreed extends GcAmount {
  /** Only repositories that had a part in it, the largest own amount first. */
  readonly byRepository: readonly {
    readonly repository: string
    /** What only this repository linked or named. */
    readonly own: GcAmount
    /** What others linked or named too: it counts for each of them. */
    readonly shared: GcAmount
  }[]
  /**
   * `untagged`: a revision that this run deletes named it. `uploads`: a repository links it as a layer, and no revision names
   * it: a push that was never finished, or what an earlier deletion left. `unlinked`: nothing links it. `unseen`: a repository
   * links it that the engine does not find, such as one without `_layers` for 2.8.
   */
  readonly byCause: Readonly<Record<'untagged' | 'unlinked' | 'uploads' | 'unseen', GcAmount>>
}

/** Content that a collection leaves. */
export interface GcRemainder {
  /**
   * `orphan-layer-links`: their blobs are gone. `uploads`: unfinished, purged by the running registry only.
   * `digest-aliases`: layer links of another algorithm, such as sha512.
   */
  readonly kind: 'orphan-layer-links' | 'uploads' | 'digest-aliases'
  readonly count: number
  /** Only of uploads. */
  readonly bytes: number
  readonly byRepository: readonly { readonly repository: string; readonly count: number; readonly bytes: number }[]
}

/** Something that 2.8 accepts and 3.x does not, or treats in another way. `gc/readiness.ts` finds them in an {@link Inventory}. */
export interface ReadinessIssue {
  readonly kind:
    | 'schema1'
    | 'manifest-linked-as-layer'
    | 'layer-link-invalid'
    | 'layers-missing'
    | 'tags-missing'
    | 'manifests-missing'
  /** What 3.x does: cannot serve it, aborts its collection, or deletes content silently. */
  readonly effect: 'not-served' | 'collection-aborts' | 'silently-deleted'
  readonly repository: string
  readonly path: string
  readonly digest?: Digest
  /** Tags that reach it. */
  readonly tags: readonly string[]
}
