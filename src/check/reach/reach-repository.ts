import { type Digest, isDigest } from '../../oci/digest.ts'
import { compareText } from '../compare-text.ts'
import type { RepositoryStore } from '../ports.ts'
import { type ReachGraph, readReachGraph } from './reach-graph.ts'
import type { DeployedImage, ReachedKind, ReachQuestion, RepositoryReach } from './reach-records.ts'
import { Reached } from './reached.ts'
import { unknownIn } from './unknown-reach.ts'

/**
 * Finds everything that tags, referrers and deployed images reach in one repository.
 *
 * @param newStore makes a store that has read nothing yet
 * @param how.asked digests to explain
 */
export async function reachRepository(
  repository: string,
  newStore: () => RepositoryStore,
  question: ReachQuestion,
  { asked, onRead }: { readonly asked: ReadonlySet<Digest>; readonly onRead?: (graph: ReachGraph) => void },
): Promise<RepositoryReach> {
  const graph = await readReachGraph(newStore, question.deployed.flatMap(digestsToRead))
  onRead?.(graph)
  const reached = new Reached(graph, question)
  const totals: Record<ReachedKind, number> = { index: 0, manifest: 0, config: 0, layer: 0, unread: 0 }
  for (const digest of reached.steps.keys()) totals[reached.kindOf(digest)]++
  return {
    repository,
    tags: graph.tags.size,
    holdsManifests: graph.manifests.size > 0,
    totals,
    reached: question.list
      ? [...reached.steps.keys()].sort(compareText).map((digest) => ({ digest, kind: reached.kindOf(digest) }))
      : [],
    kept: [...common(reached.steps, asked)].flatMap((digest) => reached.keeping(digest) ?? []),
    unknown: unknownIn(repository, { graph, reached, question }),
  }
}

/** Manifests that no tag may lead to. */
function digestsToRead({ wanted, running }: DeployedImage): readonly Digest[] {
  const named = running.flatMap(({ is, digest }) => (is === 'manifest' ? digest : []))
  return isDigest(wanted) ? [wanted, ...named] : named
}

/** What both have; the smaller one is gone through. */
function* common(steps: ReadonlyMap<Digest, unknown>, asked: ReadonlySet<Digest>): Generator<Digest> {
  const [few, many] = steps.size < asked.size ? [steps, asked] : [asked, steps]
  for (const digest of few.keys()) if (many.has(digest)) yield digest
}
