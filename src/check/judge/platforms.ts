import type { Digest } from '../../oci/digest.ts'
import type { PlatformRecord } from '../records.ts'
import type { Graph } from '../walk/graph.ts'

/** The platforms of a tag: those that its indexes claim, and that of the config of an image that is in no index. */
export function platformsUnder(graph: Graph, root: Digest): readonly PlatformRecord[] {
  const found: PlatformRecord[] = []
  const seen = new Set<Digest>()
  const queue = [root]
  for (const digest of queue) {
    if (seen.has(digest)) continue
    seen.add(digest)
    const own = graph.configPlatforms?.get(digest)
    if (own !== undefined) found.push({ platform: own, digest })
    const fact = graph.manifests.get(digest)
    if (fact?.is !== 'read' || fact.manifest.is !== 'index') continue
    for (const child of fact.manifest.children) {
      if (child.platform === undefined) queue.push(child.digest)
      else if (child.runnable) found.push({ platform: child.platform, digest: child.digest })
    }
  }
  return found
}
