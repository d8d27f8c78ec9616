import type { Digest } from '../../oci/digest.ts'
import type { Answer, BlobAnswer } from '../ports.ts'
import type { Rules } from '../rules.ts'
import type { Graph } from '../walk/graph.ts'
import type { RunningImages } from './running-images.ts'

/** Asks the repository about more than the image that was checked. */
export interface AsksMore {
  /** Walks the image with this digest. */
  walk(digest: Digest, rules: Rules): Promise<Graph>
  probeBlob(digest: Digest): Promise<Answer<BlobAnswer>>
}

/** The image that was checked. */
export interface CheckedImage {
  readonly repository: string
  /** A tag or a digest. */
  readonly reference: string
  readonly graph: Graph
  readonly rules: Rules
  readonly running: RunningImages
  /** In the last look: see {@link RepositoryCheck.seenBefore}. */
  readonly seenBefore: ReadonlySet<string> | undefined
}
