import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import type { ManifestFact } from './graph.ts'

/** Nearly always one size: a set for each blob would use more memory than the sizes. */
export type Sizes = number[] | Set<number>
const FEW_SIZES = 8

/** The sizes that manifests claim for each config and layer. */
export function claimedSizes(facts: Iterable<ManifestFact>): Map<Digest, Sizes> {
  const claims = new Map<Digest, Sizes>()
  const claim = ({ digest, size }: Descriptor): void => {
    const sizes = claims.get(digest)
    if (sizes === undefined) claims.set(digest, size === undefined ? [] : [size])
    else if (size === undefined) return
    else if (!Array.isArray(sizes)) sizes.add(size)
    else if (sizes.includes(size)) return
    else if (sizes.length < FEW_SIZES) sizes.push(size)
    else claims.set(digest, new Set([...sizes, size]))
  }
  for (const fact of facts) {
    if (fact.is !== 'read' || fact.manifest.is === 'index') continue
    if (fact.manifest.is === 'image') claim(fact.manifest.config)
    for (const layer of fact.manifest.layers) claim(layer)
  }
  return claims
}
