import type { Unreadable } from '../check/ports.ts'
import type { Digest } from '../oci/digest.ts'
import type { DecodedManifest, Inventory } from './inventory.ts'
import type { DeletedLayerLink, DeletedManifest, GcAbort, GcAbortKind, GcRun } from './outcome.ts'

/** An abort without what is known only at its end. */
export type AbortAt = Omit<GcAbort, 'phase' | 'deletedBefore'>

/** A revision that is to be deleted, with all tags of its repository: the engine looks for its history in each. */
export interface EligibleManifest extends DeletedManifest {
  readonly allTags: readonly string[]
}

/** The root of every path that an engine prints. */
export const ENGINE_ROOT = '/docker/registry/v2'

/** The state of one collection while it is replayed. After an abort it goes on as if that file were repaired, to find the others. */
export class Collection {
  readonly inventory: Inventory
  readonly run: GcRun
  /** Text, not digests: the engines mark whatever a manifest names. */
  readonly marked: Set<string> = new Set()
  /** In the order in which they are deleted. */
  readonly manifests: EligibleManifest[] = []
  readonly layerLinks: DeletedLayerLink[] = []
  readonly aborts: GcAbort[] = []
  readonly unknown: Unreadable[] = []
  readonly #print: (line: string) => void
  readonly #known = new Set<string>()
  #isSilent = false

  /** @param print receives each line of a dry run until the first abort */
  constructor(inventory: Inventory, run: GcRun, print: (line: string) => void) {
    this.inventory = inventory
    this.run = run
    this.#print = print
    this.unknown.push(...inventory.unreadable)
  }

  /** A line of the dry run. */
  emit(line: string): void {
    if (!this.#isSilent) this.#print(line)
  }

  /** Records an abort once for each file. */
  abort(phase: GcAbort['phase'], abort: AbortAt, deletedBefore: GcAbort['deletedBefore'] = NOTHING): void {
    const key = `${abort.kind} ${abort.path}`
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.aborts.push({ ...abort, phase, deletedBefore })
    // A dry run deletes nothing, so it never meets the others.
    if (phase === 'mark' || IN_DRY_RUN.has(abort.kind)) this.#isSilent = true
  }

  /**
   * An abort while marking.
   * @param walks through how many walks of a directory its error comes: each but a path error gets the driver's name from it
   */
  stop(abort: AbortAt, walks: 0 | 1 | 2): void {
    this.abort('mark', { ...abort, error: `failed to mark: ${`${this.driverName}: `.repeat(walks)}${abort.error}` })
  }

  /** The name of the driver in errors. */
  get driverName(): string {
    return this.run.driver === 's3' ? 's3aws' : 'filesystem'
  }

  /** Whether the engine finds a blob. Text: the file that stands in place of one of its directories, at which it ends. */
  findBlob(digest: Digest): boolean | string {
    const { sizes, obstacles } = this.inventory.blobs
    if (sizes.has(digest)) return true
    if (obstacles.length === 0) return false
    const place = blobPlace(digest)
    return obstacles.find((file) => place.startsWith(`${file}/`)) ?? false
  }

  /** The file with the bytes of a digest. */
  blobPath(digest: Digest): string {
    return `${this.inventory.v2}/blobs/${blobPlace(digest)}`
  }

  /** A path as the engine writes it: from the root of the storage. */
  enginePath(path: string): string {
    return `${ENGINE_ROOT}${path.slice(this.inventory.v2.length)}`
  }

  /** What this engine decodes from a blob. */
  decoded(digest: Digest): DecodedManifest {
    const content = this.inventory.manifests.get(digest)
    if (content === undefined) return { is: 'unknown' }
    return this.run.engine === '2.8' ? content.v2 : content.v3
  }
}

const IN_DRY_RUN: ReadonlySet<GcAbortKind> = new Set(['blobs-missing', 'stray-data'])

const NOTHING: GcAbort['deletedBefore'] = { manifests: 0, blobs: 0, isExact: true, layerLinks: 0 }

/** Where a blob lies below `blobs`. */
function blobPlace(digest: Digest): string {
  const [algorithm = '', hex = ''] = digest.split(':')
  return `${algorithm}/${hex.slice(0, 2)}/${hex}/data`
}
