import { type Finding, subjectOf } from '../findings/finding.ts'
import type { Rules } from '../rules.ts'
import type { Graph, Unchecked } from '../walk/graph.ts'
import { diagnose, isSuspect } from './diagnosis.ts'

/**
 * Damage in the last check that no earlier check found is dropped, because it was not seen twice.
 * The object becomes unchecked, with the code `MOVED`.
 *
 * @param seenBefore the subjects of earlier findings, as `subjectOf` names them
 */
export function dropNewDamage(graph: Graph, rules: Rules, seenBefore: ReadonlySet<string>): Graph {
  const suspects = diagnose(graph, rules).filter(isSuspect)
  const newDamage = suspects.filter((finding) => !seenBefore.has(subjectOf(finding)))
  if (newDamage.length === 0) return graph
  const old = new Set(suspects.filter((finding) => seenBefore.has(subjectOf(finding))).flatMap(digestsOf))
  const tags = new Set(newDamage.flatMap(({ tag }) => tag ?? []))
  const digests = new Set(newDamage.flatMap(digestsOf).filter((digest) => !old.has(digest)))
  return {
    ...graph,
    tags: markMoved(graph.tags, tags),
    manifests: markMoved(graph.manifests, digests),
    blobs: markMoved(graph.blobs, digests),
    strayLinks: markMoved(graph.strayLinks, digests),
  }
}

const MOVED: Unchecked = {
  is: 'unchecked',
  because: 'MOVED',
  place: '',
  detail: 'changed each time it was checked',
}

function markMoved<K extends string, L>(facts: ReadonlyMap<K, L>, moved: ReadonlySet<string>): Map<K, L | Unchecked> {
  return new Map([...facts].map(([key, fact]) => [key, moved.has(key) ? MOVED : fact]))
}

/** The digest of a finding, and for a tag that of the manifest that it names. */
function digestsOf({ digest, evidence }: Finding): string[] {
  const named = evidence.digest
  return [...(digest === undefined ? [] : [digest]), ...(typeof named === 'string' ? [named] : [])]
}
