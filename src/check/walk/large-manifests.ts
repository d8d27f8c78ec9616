import type { Digest } from '../../oci/digest.ts'
import type { RepositoryStore } from '../ports.ts'
import type { ManifestFact } from './graph.ts'
import { measureLarge, type TooLarge } from './measure.ts'

/** Manifests that are too large to read. Judged at the end, when all claims of their size are known. */
export class LargeManifests {
  readonly #answers = new Map<Digest, TooLarge>()

  add(digest: Digest, answer: TooLarge): void {
    this.#answers.set(digest, answer)
  }

  /** @param manifests receives the facts */
  async judge(store: RepositoryStore, manifests: Map<Digest, ManifestFact>): Promise<void> {
    if (this.#answers.size === 0) return
    const claims = this.#claims(manifests)
    for (const [digest, answer] of this.#answers) {
      const fact = manifests.get(digest)
      if (fact?.is !== 'unchecked' || fact.because !== 'TOO_LARGE') continue
      const hashed = await store.hashManifest?.(digest, answer.target)
      manifests.set(digest, measureLarge({ digest, answer, claimed: claims.get(digest) ?? [], hashed }))
    }
  }

  #claims(manifests: ReadonlyMap<Digest, ManifestFact>): ReadonlyMap<Digest, readonly number[]> {
    const claims = new Map<Digest, number[]>()
    for (const fact of manifests.values()) {
      if (fact.is !== 'read' || fact.manifest.is !== 'index') continue
      for (const { digest, size } of fact.manifest.children)
        if (size !== undefined && this.#answers.has(digest)) pushTo(claims, digest, size)
    }
    return claims
  }
}

function pushTo(claims: Map<Digest, number[]>, digest: Digest, size: number): void {
  const known = claims.get(digest)
  if (known) known.push(size)
  else claims.set(digest, [size])
}
