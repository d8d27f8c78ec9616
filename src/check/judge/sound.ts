import type { Descriptor } from '../../oci/descriptor.ts'
import { effectiveMediaType, type Manifest } from '../../oci/manifest.ts'
import type { Graph } from '../walk/graph.ts'
import { isMisclaimed } from './tag-verdict.ts'

/** Whether nothing is wrong and every claim holds: the usual case. It does not need the references, so it is fast. */
export function isSound(graph: Graph): boolean {
  for (const tag of graph.tags.values()) if (tag.is !== 'resolved') return false
  for (const fact of graph.manifests.values())
    if (
      fact.is !== 'read' ||
      fact.linkedAsLayer ||
      fact.mislabelled !== undefined ||
      fact.manifest.is === 'schema1' ||
      !holdsItsClaims(fact.manifest, graph)
    )
      return false
  for (const fact of graph.blobs.values()) if (fact.is !== 'whole') return false
  return graph.strayLinks.size === 0
}

function holdsItsClaims(manifest: Manifest, { manifests, blobs }: Graph): boolean {
  if (manifest.is !== 'index') {
    if (blobs.size === 0) return true
    if (manifest.is === 'image' && !holdsForBlob(manifest.config, blobs)) return false
    for (const layer of manifest.layers) if (!holdsForBlob(layer, blobs)) return false
    return true
  }
  for (const child of manifest.children) {
    const fact = manifests.get(child.digest)
    if (fact === undefined) {
      if (!holdsForBlob(child, blobs)) return false
    } else if (fact.is !== 'read' || child.size !== fact.bytes || child.mediaType !== effectiveMediaType(fact.manifest))
      return false
  }
  return true
}

function holdsForBlob(claim: Descriptor, blobs: Graph['blobs']): boolean {
  const fact = blobs.get(claim.digest)
  return fact === undefined || !isMisclaimed(claim, fact)
}
