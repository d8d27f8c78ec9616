import type { Digest } from '../../oci/digest.ts'
import type { ObjectTotals, RepositoryCoverage } from '../records.ts'
import type { Graph } from '../walk/graph.ts'

/** The coverage before anything was checked. */
export const NOTHING_COVERED: RepositoryCoverage = {
  checked: { indexes: 0, manifests: 0, configs: 0, layers: 0, layerLinks: 0 },
  manifestBytes: 0,
  blobBytes: 0,
}

/** @param totals of the same graph */
export function coverageOf(
  graph: Graph,
  totals: { readonly manifests: ObjectTotals; readonly blobs: ObjectTotals; readonly checkedConfigs: number },
): RepositoryCoverage {
  let indexes = 0
  let manifestBytes = 0
  for (const fact of graph.manifests.values()) {
    if (fact.is === 'read' && fact.manifest.is === 'index') indexes++
    if (fact.is === 'opaque' || (fact.is === 'read' && !fact.remembered)) manifestBytes += fact.bytes
  }
  let blobBytes = 0
  for (const fact of graph.blobs.values()) if (fact.is === 'whole') blobBytes += fact.bytes
  return {
    checked: {
      indexes,
      manifests: totals.manifests.intact + totals.manifests.damaged - indexes,
      configs: totals.checkedConfigs,
      layers: totals.blobs.intact + totals.blobs.damaged - totals.checkedConfigs,
      layerLinks: graph.layerLinks ?? 0,
    },
    manifestBytes,
    blobBytes,
  }
}

/** The configs that the manifests name. */
export function configsIn(graph: Graph): ReadonlySet<Digest> {
  const configs = new Set<Digest>()
  for (const fact of graph.manifests.values())
    if (fact.is === 'read' && fact.manifest.is === 'image') configs.add(fact.manifest.config.digest)
  return configs
}

/** The sum of two coverages. */
export function addCoverage(a: RepositoryCoverage, b: RepositoryCoverage): RepositoryCoverage {
  return {
    checked: {
      indexes: a.checked.indexes + b.checked.indexes,
      manifests: a.checked.manifests + b.checked.manifests,
      configs: a.checked.configs + b.checked.configs,
      layers: a.checked.layers + b.checked.layers,
      layerLinks: a.checked.layerLinks + b.checked.layerLinks,
    },
    manifestBytes: a.manifestBytes + b.manifestBytes,
    blobBytes: a.blobBytes + b.blobBytes,
  }
}
