import { type Digest, hashAlgorithmOf } from '../../oci/digest.ts'
import type { BlobQuestion, RepositoryStore } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import { claimedSizes, type Sizes } from './claimed-sizes.ts'
import type { BlobFact } from './graph.ts'
import type { ManifestWalk } from './manifest-walk.ts'
import { measureBlob } from './measure.ts'

/** The blobs that manifests need, and what is known of each. */
export interface BlobFacts {
  readonly blobs: Map<Digest, BlobFact>
  /** Digests under which needed blobs are stored: a sha512 push links both its digests. */
  readonly targets: ReadonlySet<Digest>
}

/** Checks every config and layer that the manifests name, and children of indexes that are blobs. */
export async function checkBlobs(store: RepositoryStore, walk: ManifestWalk): Promise<BlobFacts> {
  const { manifests, blobChildren } = walk
  const blobs = new Map<Digest, BlobFact>()
  const targets = new Set<Digest>()
  const needs = claimedSizes(manifests.values())
  const questions = questionsFor(withChildren(needs, [...blobChildren.claims()]), blobs)
  const lost: Digest[] = []
  const answers = await store.probeBlobs(questions)
  for (const [n, question] of questions.entries()) {
    const answer = answers[n]
    if (answer === undefined) continue
    const { digest } = question
    const fact = measureBlob(question, answer)
    if (!blobChildren.isBlob(digest, fact, manifests, needs.has(digest))) continue
    if (!needs.has(digest) && blobChildren.isLost(digest, fact)) lost.push(digest)
    blobs.set(digest, fact)
    if (!(answer instanceof StoreError) && answer.target !== undefined) targets.add(answer.target)
  }
  const neither = new Set(await walk.readAsManifests(lost))
  for (const digest of lost) if (!neither.has(digest)) blobs.delete(digest)
  return { blobs, targets }
}

/** At depth `graph` blobs are not checked. A child that may be a blob must still not be reported as a missing manifest. */
export async function onlyBlobChildren(store: RepositoryStore, walk: ManifestWalk): Promise<BlobFacts> {
  const { manifests, blobChildren } = walk
  const questions = [...blobChildren.claims()].map(([digest]) => ({ digest, sizes: [], prove: false }))
  const answers = await store.probeBlobs(questions)
  for (const [n, question] of questions.entries()) {
    const answer = answers[n]
    if (answer !== undefined) blobChildren.isBlob(question.digest, measureBlob(question, answer), manifests)
  }
  return { blobs: new Map(), targets: new Set() }
}

function withChildren(
  needs: ReadonlyMap<Digest, Sizes>,
  children: readonly (readonly [Digest, ReadonlySet<number>])[],
): ReadonlyMap<Digest, Sizes> {
  if (children.length === 0) return needs
  const claims = new Map(needs)
  for (const [digest, sizes] of children) claims.set(digest, new Set([...(needs.get(digest) ?? []), ...sizes]))
  return claims
}

/** @param blobs receives the blobs that cannot be looked up */
function questionsFor(claims: ReadonlyMap<Digest, Sizes>, blobs: Map<Digest, BlobFact>): readonly BlobQuestion[] {
  const questions: BlobQuestion[] = []
  for (const [digest, sizes] of claims) {
    if (hashAlgorithmOf(digest) === undefined) blobs.set(digest, { is: 'skipped', because: 'ALGORITHM_UNKNOWN' })
    else questions.push({ digest, sizes: Array.isArray(sizes) ? sizes : [...sizes], prove: true })
  }
  return questions
}
