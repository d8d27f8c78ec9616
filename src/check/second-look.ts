import { subjectOfTag } from './finding.ts'
import type { Graph, Unchecked } from './graph.ts'

/**
 * The graph as it stands at the last look: damage that no earlier look has seen is not believed, because nobody has
 * seen it twice; it is `MOVED`, and unchecked.
 *
 * @param believed the subjects of earlier findings, as `subjectOf` names them
 */
export function disbelieveNews(graph: Graph, believed: ReadonlySet<string>): Graph {
  const doubt = <K extends string, L extends { readonly is: string }>(
    looks: ReadonlyMap<K, L>,
    subject: (key: K) => string,
  ): Map<K, L | Unchecked> =>
    new Map([...looks].map(([key, look]) => [key, isDamage(look) && !believed.has(subject(key)) ? MOVED : look]))
  const byDigest = (digest: string): string => digest
  return {
    ...graph,
    tags: doubt(graph.tags, subjectOfTag),
    manifests: doubt(graph.manifests, byDigest),
    blobs: doubt(graph.blobs, byDigest),
    strayLinks: doubt(graph.strayLinks, byDigest),
  }
}

const MOVED: Unchecked = {
  is: 'unchecked',
  because: 'MOVED',
  place: '',
  detail: 'changed each time it was looked at',
}
const DAMAGE: ReadonlySet<string> = new Set(['dangling', 'absent', 'damaged', 'orphan', 'invalid'])

function isDamage(look: { readonly is: string }): boolean {
  return DAMAGE.has(look.is)
}
