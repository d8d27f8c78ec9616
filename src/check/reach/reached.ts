import { type Digest, isDigest } from '../../oci/digest.ts'
import type { ReachGraph } from './reach-graph.ts'
import { ReachLinks } from './reach-links.ts'
import type { DeployedImage, Kept, ReachedKind, ReachQuestion, Root, Step } from './reach-records.ts'

/** Everything that the roots of one repository reach. */
export class Reached {
  /** By digest, the first step of a shortest way towards a root; `undefined`: a root names it. */
  readonly steps: ReadonlyMap<Digest, Step | undefined>
  readonly #graph: ReachGraph
  readonly #links: ReachLinks
  readonly #roots: ReadonlyMap<Digest, readonly Root[]>
  /** By digest, what leads to it. Made for the first question. */
  #sources: ReadonlyMap<Digest, readonly Digest[]> | undefined

  constructor(graph: ReachGraph, question: Pick<ReachQuestion, 'deployed' | 'without'>) {
    this.#graph = graph
    this.#links = new ReachLinks(graph)
    this.#roots = rootsOf(graph, question)
    this.steps = stepsFrom(this.#roots.keys(), this.#links)
  }

  /** What a digest is, by what is known of it and by what names it. */
  kindOf(digest: Digest): ReachedKind {
    const fact = this.#graph.manifests.get(digest)
    if (fact?.is === 'read') return fact.manifest.is === 'index' ? 'index' : 'manifest'
    if (fact !== undefined) return 'unread'
    return this.steps.get(digest)?.relation === 'config' ? 'config' : 'layer'
  }

  /** Why a digest is kept; `undefined`: nothing reaches it. */
  keeping(digest: Digest): Kept | undefined {
    if (!this.steps.has(digest)) return undefined
    return { digest, kind: this.kindOf(digest), roots: this.#rootsAbove(digest), way: this.#way(digest) }
  }

  #way(digest: Digest): readonly Step[] {
    const way: Step[] = []
    for (let step = this.steps.get(digest); step !== undefined; step = this.steps.get(step.of)) way.push(step)
    return way
  }

  #rootsAbove(digest: Digest): readonly Root[] {
    this.#sources ??= sourcesOf(this.steps.keys(), this.#links)
    const above = new Set([digest])
    for (const each of above) for (const source of this.#sources.get(each) ?? []) above.add(source)
    const way = this.#way(digest)
    // The root of the shortest way is the first.
    const nearest = way.at(-1)?.of ?? digest
    const roots = [nearest, ...above].flatMap((each) => this.#roots.get(each) ?? [])
    return [...new Set(roots)]
  }
}

function rootsOf(
  { tags, manifests }: ReachGraph,
  { deployed, without }: Pick<ReachQuestion, 'deployed' | 'without'>,
): ReadonlyMap<Digest, readonly Root[]> {
  const roots = new Map<Digest, Root[]>()
  const add = (digest: Digest, root: Root): void => {
    const known = roots.get(digest)
    if (known) known.push(root)
    else roots.set(digest, [root])
  }
  for (const [tag, fact] of tags) if (fact.is === 'resolved' && !without.has(tag)) add(fact.digest, { is: 'tag', tag })
  for (const image of deployed) {
    const root: Root = { is: 'deployed', image: image.image, uses: image.uses }
    for (const digest of digestsOf(image, { tags, manifests })) add(digest, root)
  }
  return roots
}

/** The digests that a deployed image stands for in a repository. */
function digestsOf(
  { wanted, running, isCertain }: DeployedImage,
  { tags, manifests }: Pick<ReachGraph, 'tags' | 'manifests'>,
): ReadonlySet<Digest> {
  const digests = new Set<Digest>()
  if (isDigest(wanted)) digests.add(wanted)
  for (const [tag, fact] of tags) if (tag === wanted && fact.is === 'resolved') digests.add(fact.digest)
  for (const { is, digest } of running) {
    if (is !== 'local') digests.add(digest)
    else if (manifests.has(digest)) digests.add(digest)
    if (is !== 'manifest') for (const each of imagesOf(digest, manifests)) digests.add(each)
  }
  // It may be an image of another registry.
  if (!isCertain) for (const digest of digests) if (manifests.get(digest)?.is === 'absent') digests.delete(digest)
  return digests
}

/** Manifests that have a config. */
export function* imagesOf(config: Digest, manifests: ReachGraph['manifests']): Generator<Digest> {
  for (const [digest, fact] of manifests)
    if (fact.is === 'read' && fact.manifest.is === 'image' && fact.manifest.config.digest === config) yield digest
}

/** Breadth first, so that each way is a shortest one. */
function stepsFrom(roots: Iterable<Digest>, links: ReachLinks): ReadonlyMap<Digest, Step | undefined> {
  const steps = new Map<Digest, Step | undefined>([...roots].map((digest) => [digest, undefined]))
  // A map is also a queue: what is added while it is read comes last.
  for (const digest of steps.keys())
    for (const { relation, to } of links.of(digest)) if (!steps.has(to)) steps.set(to, { relation, of: digest })
  return steps
}

function sourcesOf(digests: Iterable<Digest>, links: ReachLinks): ReadonlyMap<Digest, readonly Digest[]> {
  const sources = new Map<Digest, Digest[]>()
  for (const digest of digests)
    for (const { to } of links.of(digest)) {
      const known = sources.get(to)
      if (known) known.push(digest)
      else sources.set(to, [digest])
    }
  return sources
}
