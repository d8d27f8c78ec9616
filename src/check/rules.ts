/** How deep a scan checks. README, "Depths", says what each one proves and does not see. */
export type Depth = (typeof DEPTHS)[number]

/** The shallowest first. */
export const DEPTHS = ['graph', 'blobs', 'content'] as const

/** Whether a scan at `depth` sees everything that one at `other` sees. */
export function reaches(depth: Depth, other: Depth): boolean {
  return DEPTHS.indexOf(depth) >= DEPTHS.indexOf(other)
}

/** A version of distribution, or all of them. */
export type Engine = '2.8' | '3' | 'all'

/** The operator's rules for judging one repository. */
export interface Rules {
  readonly depth: Depth
  /** `revisions`: every revision counts, tagged or not (Harbor keeps its tags in a database). */
  readonly roots: 'tags' | 'revisions'
  /** The version of distribution that must be able to serve what is stored. */
  readonly engine: Engine | undefined
  /** Children and blobs may be missing: the cache fetches them from upstream on demand. */
  readonly pullThrough: boolean
  /** The children of this repository's indexes may be missing. */
  readonly sparse: boolean
  /** Check only what this platform pulls: `os/architecture[/variant]`. */
  readonly platform?: string | undefined
}

/** Indexes inside indexes below this level are skipped. */
export const NESTING_LIMIT = 32

/**
 * The largest manifest in bytes that registries and clients read. Above it distribution 2.8 and 3 answer 500, and skopeo,
 * podman and CRI-O refuse what another registry serves.
 *
 * @see distribution, `maxBlobGetSize`; containers/image, `MaxManifestBodySize`
 */
export const SERVED_LIMIT: number = 4 * 1024 * 1024

/** A manifest larger than this many bytes is not read into memory. */
export const MANIFEST_LIMIT: number = 16 * 1024 * 1024
