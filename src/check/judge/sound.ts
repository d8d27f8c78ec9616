import type { Descriptor } from '../../oci/descriptor.ts'
import { effectiveMediaType, type Manifest } from '../../oci/manifest.ts'
import type { Graph } from '../walk/graph.ts'
import { isMisclaimed } from './tag-verdict.ts'

/** Whether nothing is wrong and every claim holds: the usual case. It does not need the references, so it is fast. */
export function isSound(graph: Graph): boolean {
  for (const tag of graph.tags.values()) if (tag.is !== 'resolved') return false
  for (const look of graph.manifests.values())
    if (
      look.is !== 'read' ||
      look.linkedAsLayer ||
      look.mislabelled !== undefined ||
      look.manifest.is === 'schema1' ||
      !holdsItsClaims(look.manifest, graph)
    )
      return false
  for (const look of graph.blobs.values()) if (look.is !== 'whole') return false
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
    const look = manifests.get(child.digest)
    if (look === undefined) {
      if (!holdsForBlob(child, blobs)) return false
    } else if (look.is !== 'read' || child.size !== look.bytes || child.mediaType !== effectiveMediaType(look.manifest))
      return false
  }
  return true
}

function holdsForBlob(claim: Descriptor, blobs: Graph['blobs']): boolean {
  const look = blobs.get(claim.digest)
  return look === undefined || !isMisclaimed(claim, look)
}
