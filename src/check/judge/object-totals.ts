import type { Digest } from '../../oci/digest.ts'
import type { ObjectTotals } from '../records.ts'
import type { Rules } from '../rules.ts'
import type { BlobFact, Graph, ManifestFact } from '../walk/graph.ts'
import { isAllowedToBeAbsent, isBrokenChild, isBrokenNeed, isMisclaimed, isRefused, mayLack } from './tag-verdict.ts'

/** Counts the manifests of a repository by how they end. */
export function manifestTotals(graph: Graph, rules: Rules): ObjectTotals {
  const claimants = claimantsOfWrongSizes(graph, rules)
  const named = namedByIndexes(graph)
  const tagged = new Set([...graph.tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : [])))
  const totals = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
  for (const [digest, fact] of graph.manifests) {
    const state = manifestState(fact, rules, { tagged: tagged.has(digest), named: named.has(digest) })
    if (state !== undefined) totals[claimants.has(digest) ? 'damaged' : state]++
  }
  return totals
}

/** `undefined`: not counted, because it may be missing, or is a broken link that nothing needs. */
function manifestState(
  fact: ManifestFact,
  rules: Rules,
  by: { readonly tagged: boolean; readonly named: boolean },
): keyof ObjectTotals | undefined {
  switch (fact.is) {
    case 'absent':
      if (isAllowedToBeAbsent(fact, rules)) return undefined
      if (by.tagged || (by.named && !mayLack(fact, rules))) return 'damaged'
      return rules.roots === 'revisions' && !by.named && fact.cause !== 'revision-link-missing' ? 'damaged' : undefined
    case 'read':
      return isRefused(fact, rules) ? 'damaged' : 'intact'
    case 'opaque':
      return 'intact'
    case 'damaged':
    case 'unchecked':
    case 'skipped':
      return fact.is
  }
}

/** Counts configs and layers of a repository by how they end. */
export function blobTotals(
  graph: Graph,
  rules: Rules,
  configs: ReadonlySet<Digest>,
): { readonly blobs: ObjectTotals; readonly checkedConfigs: number } {
  const blobs = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
  let checkedConfigs = 0
  const missed = missedBlobs(graph, rules)
  for (const [digest, fact] of graph.blobs) {
    if (fact.is === 'absent' && !missed.has(digest)) continue
    const state = fact.is === 'whole' ? 'intact' : fact.is === 'absent' ? 'damaged' : fact.is
    blobs[state]++
    if ((state === 'intact' || state === 'damaged') && configs.has(digest)) checkedConfigs++
  }
  return { blobs, checkedConfigs }
}

/** Manifests that claim a wrong size for an intact object. */
function claimantsOfWrongSizes(graph: Graph, rules: Rules): ReadonlySet<Digest> {
  const claimants = new Set<Digest>()
  for (const [digest, fact] of graph.manifests) {
    if (fact.is !== 'read') continue
    const { manifest } = fact
    const claims = manifest.is === 'index' ? manifest.children : manifest.layers
    const objects: ReadonlyMap<Digest, ManifestFact | BlobFact> =
      manifest.is === 'index' ? graph.manifests : graph.blobs
    const all = manifest.is === 'image' ? [manifest.config, ...claims] : claims
    if (rules.depth === 'graph' && manifest.is !== 'index') continue
    for (const claim of all) {
      const object = objects.get(claim.digest) ?? graph.blobs.get(claim.digest)
      if (object && isMisclaimed(claim, object)) claimants.add(digest)
    }
  }
  return claimants
}

/** Manifests that an index names. */
function namedByIndexes(graph: Graph): ReadonlySet<Digest> {
  const named = new Set<Digest>()
  for (const fact of graph.manifests.values())
    if (fact.is === 'read' && fact.manifest.is === 'index')
      for (const { digest } of fact.manifest.children) named.add(digest)
  return named
}

/** Absent blobs that at least one parent needs. */
function missedBlobs(graph: Graph, rules: Rules): ReadonlySet<Digest> {
  const missed = new Set<Digest>()
  if (![...graph.blobs.values()].some(({ is }) => is === 'absent')) return missed
  for (const fact of graph.manifests.values()) {
    if (fact.is !== 'read') continue
    const { manifest } = fact
    const isBroken = manifest.is === 'index' ? isBrokenChild : isBrokenNeed
    const needs = manifest.is === 'index' ? manifest.children : manifest.layers
    for (const need of manifest.is === 'image' ? [manifest.config, ...needs] : needs) {
      const blob = graph.blobs.get(need.digest)
      if (blob?.is === 'absent' && isBroken(need, blob, rules)) missed.add(need.digest)
    }
  }
  return missed
}
