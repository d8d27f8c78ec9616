import { type Finding, subjectOf } from '../findings/finding.ts'
import type { Rules } from '../rules.ts'
import type { Graph, Unchecked } from '../walk/graph.ts'
import { diagnose, isSuspect } from './diagnosis.ts'

/**
 * Damage in the last look that no earlier look has seen is dropped, because it was not seen twice.
 * The object becomes unchecked, with the code `MOVED`.
 *
 * @param believed the subjects of earlier findings, as `subjectOf` names them
 */
export function dropNewDamage(graph: Graph, rules: Rules, believed: ReadonlySet<string>): Graph {
  const suspects = diagnose(graph, rules).filter(isSuspect)
  const fresh = suspects.filter((finding) => !believed.has(subjectOf(finding)))
  if (fresh.length === 0) return graph
  const old = new Set(suspects.filter((finding) => believed.has(subjectOf(finding))).flatMap(digestsOf))
  const tags = new Set(fresh.flatMap(({ tag }) => tag ?? []))
  const digests = new Set(fresh.flatMap(digestsOf).filter((digest) => !old.has(digest)))
  return {
    ...graph,
    tags: doubt(graph.tags, tags),
    manifests: doubt(graph.manifests, digests),
    blobs: doubt(graph.blobs, digests),
    strayLinks: doubt(graph.strayLinks, digests),
  }
}

const MOVED: Unchecked = {
  is: 'unchecked',
  because: 'MOVED',
  place: '',
  detail: 'changed each time it was checked',
}

function doubt<K extends string, L>(looks: ReadonlyMap<K, L>, doubted: ReadonlySet<string>): Map<K, L | Unchecked> {
  return new Map([...looks].map(([key, look]) => [key, doubted.has(key) ? MOVED : look]))
}

/** The digest of a finding, and for a tag that of the manifest that it names. */
function digestsOf({ digest, evidence }: Finding): string[] {
  const named = evidence.digest
  return [...(digest === undefined ? [] : [digest]), ...(typeof named === 'string' ? [named] : [])]
}
