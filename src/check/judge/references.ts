import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import type { Graph } from '../walk/graph.ts'

/** One manifest naming one object. */
export interface Claim {
  readonly parent: Digest
  readonly role: 'child' | 'config' | 'layer'
  readonly descriptor: Descriptor
}

/** The parents, tags and platforms that lead to an object. Built only if something is wrong. */
export class References {
  readonly #claims = new Map<Digest, Claim[]>()
  readonly #tags = new Map<Digest, string[]>()

  constructor(graph: Graph) {
    for (const [tag, fact] of graph.tags) if (fact.is === 'resolved') pushTo(this.#tags, fact.digest, tag)
    for (const [parent, fact] of graph.manifests) {
      if (fact.is !== 'read') continue
      for (const claim of claimsOf(parent, fact.manifest)) pushTo(this.#claims, claim.descriptor.digest, claim)
    }
  }

  /** Every claim about an object, in the order in which the manifests were read. */
  claims(digest: Digest): readonly Claim[] {
    return this.#claims.get(digest) ?? []
  }

  /** Tags whose link contains this digest. */
  tagsAt(digest: Digest): readonly string[] {
    return this.#tags.get(digest) ?? []
  }

  /** Tags that reach an object, sorted. @param from parents to follow; by default all */
  tagsReaching(digest: Digest, from?: readonly Digest[]): readonly string[] {
    const tags = new Set<string>(from ? [] : this.tagsAt(digest))
    for (const ancestor of this.#ancestors(digest, from)) for (const tag of this.tagsAt(ancestor)) tags.add(tag)
    return [...tags].sort()
  }

  /**
   * Platforms under which indexes name an object or the manifests above it, sorted.
   * @param from parents to follow; by default all
   */
  platforms(digest: Digest, from?: readonly Digest[]): readonly string[] {
    const platforms = new Set<string>()
    const parents = from && new Set(from)
    for (const { parent, descriptor } of this.claims(digest))
      if (descriptor.platform && (parents?.has(parent) ?? true)) platforms.add(descriptor.platform)
    for (const ancestor of this.#ancestors(digest, from))
      for (const { descriptor } of this.claims(ancestor)) if (descriptor.platform) platforms.add(descriptor.platform)
    return [...platforms].sort()
  }

  #ancestors(digest: Digest, from?: readonly Digest[]): ReadonlySet<Digest> {
    const seen = new Set<Digest>()
    const queue = [...(from ?? this.claims(digest).map(({ parent }) => parent))]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      for (const { parent } of this.claims(next)) queue.push(parent)
    }
    return seen
  }
}

function* claimsOf(parent: Digest, manifest: Manifest): Generator<Claim> {
  if (manifest.is === 'index') {
    for (const descriptor of manifest.children) yield { parent, role: 'child', descriptor }
    return
  }
  if (manifest.is === 'image') yield { parent, role: 'config', descriptor: manifest.config }
  for (const descriptor of manifest.layers) yield { parent, role: 'layer', descriptor }
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key)
  if (values) values.push(value)
  else map.set(key, [value])
}
