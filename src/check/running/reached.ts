import type { Digest } from '../../oci/digest.ts'
import type { Graph } from '../walk/graph.ts'

/** All that one image consists of, by the digests that a cluster may name. */
export interface Reached {
  /** Of the image itself and of everything that its indexes name. */
  readonly manifests: ReadonlySet<Digest>
  /** Of everything that can run. */
  readonly configs: ReadonlySet<Digest>
  /** A manifest could not be read, so some digests are not known. */
  readonly isPartial: boolean
  /** A manifest for another platform was not read. */
  readonly leavesOut: boolean
}

/**
 * Collects the digests below a manifest.
 *
 * @param isForOnePlatform whether the walk left out children for other platforms
 */
export function reachedFrom(graph: Graph, root: Digest, isForOnePlatform: boolean): Reached {
  const manifests = new Set([root])
  const notRun = new Set<Digest>()
  const configs = new Set<Digest>()
  let isPartial = false
  let leavesOut = false
  for (const digest of manifests) {
    const fact = graph.manifests.get(digest)
    if (fact === undefined) {
      const isLeftOut = isForOnePlatform && digest !== root && !graph.blobs.has(digest)
      leavesOut ||= isLeftOut
      isPartial ||= !isLeftOut && !graph.blobs.has(digest)
    } else if (fact.is !== 'read') isPartial ||= fact.is !== 'opaque'
    else if (fact.manifest.is === 'index')
      for (const child of fact.manifest.children) {
        manifests.add(child.digest)
        // A build attestation looks like an image; only its descriptor says what it is.
        if (!child.runnable) notRun.add(child.digest)
      }
    else if (fact.manifest.is === 'image' && fact.manifest.runnable && !notRun.has(digest))
      configs.add(fact.manifest.config.digest)
  }
  return { manifests, configs, isPartial, leavesOut }
}
