import { algorithmOf, type Digest, encodedOf } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import type { ReachGraph } from './reach-graph.ts'
import type { Relation } from './reach-records.ts'

/** What one digest leads to. */
export interface Link {
  readonly relation: Relation
  readonly to: Digest
}

/** What each digest of a repository leads to: children, configs, layers and referrers, but not from a referrer to its subject. */
export class ReachLinks {
  readonly #graph: ReachGraph
  readonly #referrers = new Map<Digest, Set<Digest>>()
  /** What tags of referrers name, by the tag that the subject has. */
  readonly #tagged = new Map<string, Digest[]>()

  constructor(graph: ReachGraph) {
    this.#graph = graph
    for (const [subject, referrers] of graph.referrers) for (const each of referrers) this.#add(subject, each)
    for (const [digest, fact] of graph.manifests)
      if (fact.is === 'read' && fact.manifest.subject !== undefined) this.#add(fact.manifest.subject, digest)
    for (const [tag, fact] of graph.tags) {
      const subject = subjectInTag(tag)
      if (subject === undefined || fact.is !== 'resolved') continue
      this.#tagged.set(subject, [...(this.#tagged.get(subject) ?? []), fact.digest])
    }
  }

  #add(subject: Digest, referrer: Digest): void {
    const known = this.#referrers.get(subject)
    if (known) known.add(referrer)
    else this.#referrers.set(subject, new Set([referrer]))
  }

  *of(digest: Digest): Generator<Link> {
    const fact = this.#graph.manifests.get(digest)
    if (fact?.is === 'read') yield* namedBy(fact.manifest)
    for (const to of this.#referrers.get(digest) ?? []) yield { relation: 'referrer', to }
    for (const to of this.#tagged.size === 0 ? [] : (this.#tagged.get(tagFor(digest)) ?? []))
      yield { relation: 'referrer', to }
  }
}

function* namedBy(manifest: Manifest): Generator<Link> {
  if (manifest.is === 'index') {
    for (const { digest } of manifest.children) yield { relation: 'child', to: digest }
    return
  }
  if (manifest.is === 'image') yield { relation: 'config', to: manifest.config.digest }
  for (const { digest } of manifest.layers) yield { relation: 'layer', to: digest }
}

/**
 * The tag under which clients keep the referrers of a digest: `sha256-<hex>`, and those of cosign with an ending such as
 * `.sig`, `.att` or `.sbom`.
 *
 * @see distribution-spec v1.1.1, "Referrers Tag Schema": 32 characters of the algorithm, 64 of the rest
 */
function tagFor(digest: Digest): string {
  return `${algorithmOf(digest).slice(0, 32)}-${encodedOf(digest).slice(0, 64)}`
}

/** The tag of the subject, without the ending. */
function subjectInTag(tag: string): string | undefined {
  return /^(sha(?:256|384|512)-[0-9a-f]{64})(?:\.[a-z0-9._-]+)?$/.exec(tag)?.[1]
}
