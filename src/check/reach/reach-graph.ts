import type { Digest } from '../../oci/digest.ts'
import type { TagName } from '../../oci/names.ts'
import type { Listing, RepositoryStore, Unreadable } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import { onlyBlobChildren } from '../walk/blob-facts.ts'
import type { ManifestFact, TagFact } from '../walk/graph.ts'
import { listingOf, resolvedTags } from '../walk/listing-of.ts'
import { ManifestWalk } from '../walk/manifest-walk.ts'

/** The tags and manifests of one repository, and which manifests are about others. */
export interface ReachGraph {
  readonly tags: ReadonlyMap<TagName, TagFact>
  readonly manifests: ReadonlyMap<Digest, ManifestFact>
  /** Manifests that a registry lists as referrers, by their subject. */
  readonly referrers: ReadonlyMap<Digest, readonly Digest[]>
  /** Whether all manifests were listed, also those that nothing leads to. */
  readonly listsAll: boolean
  readonly unreadable: readonly Unreadable[]
  /** It was written to each time that it was read. */
  readonly moved: boolean
}

/** How often a repository is read that is written to meanwhile. */
const TRIES = 3

/**
 * Reads the manifests of one repository: those that tags and deployed images lead to, every revision, and referrers. What was
 * read holds for one moment: the tags and revisions are listed again at the end, and if they differ, all is read again.
 *
 * @param newStore makes a store that has read nothing yet
 * @param deployed digests that something deployed names
 */
export async function readReachGraph(
  newStore: () => RepositoryStore,
  deployed: readonly Digest[],
): Promise<ReachGraph> {
  for (let tries = 1; ; tries++) {
    const read = await readOnce(newStore(), deployed)
    const isSame = read.state === (await stateOf(newStore()))
    if (isSame || tries === TRIES) return { ...read.graph, moved: !isSame }
  }
}

async function readOnce(
  store: RepositoryStore,
  deployed: readonly Digest[],
): Promise<{ readonly graph: Omit<ReachGraph, 'moved'>; readonly state: string }> {
  const unreadable: Unreadable[] = []
  const seen = new ManifestWalk(store, undefined)
  const { manifests } = seen
  const tags = await resolvedTags(store, unreadable)
  await seen.descend([...[...tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : [])), ...deployed])
  let listsAll = false
  const revisions = await listingOf(async () => {
    const listed = await store.listRevisions()
    listsAll = listed !== undefined
    return listed
  }, unreadable)
  await seen.descend(revisions)
  const referrers = await readReferrers(store, seen, unreadable)
  seen.blobChildren.sort(tags, manifests)
  await onlyBlobChildren(store, seen)
  return { graph: { tags, manifests, referrers, listsAll, unreadable }, state: stateText(tags, revisions) }
}

/** Referrers of everything, also of other referrers. A registry without a list of referrers has fallback tags instead. */
async function readReferrers(
  store: RepositoryStore,
  seen: ManifestWalk,
  unreadable: Unreadable[],
): Promise<ReadonlyMap<Digest, readonly Digest[]>> {
  const found = new Map<Digest, readonly Digest[]>()
  if (!store.listReferrers) return found
  const asked = new Set<Digest>()
  for (;;) {
    const subjects = [...seen.manifests].flatMap(([digest, { is }]) =>
      is === 'read' && !asked.has(digest) ? digest : [],
    )
    if (subjects.length === 0) return found
    for (const digest of subjects) asked.add(digest)
    const answers = await store.listReferrers(subjects)
    for (const [n, answer] of answers.entries()) {
      const subject = subjects[n]
      if (subject !== undefined) takeReferrers(subject, answer, found, unreadable)
    }
    await seen.descend([...found.values()].flat())
  }
}

function takeReferrers(
  subject: Digest,
  answer: Listing<Digest> | StoreError,
  found: Map<Digest, readonly Digest[]>,
  unreadable: Unreadable[],
): void {
  if (answer instanceof StoreError) {
    unreadable.push({ place: answer.place, because: answer.code, detail: answer.message })
    return
  }
  unreadable.push(...answer.unreadable)
  if (answer.found.length > 0) found.set(subject, answer.found)
}

/** What a repository lists now, as one text. */
async function stateOf(store: RepositoryStore): Promise<string> {
  const tags = await resolvedTags(store, [])
  const revisions = await listingOf(() => store.listRevisions(), [])
  return stateText(tags, revisions)
}

function stateText(tags: ReadonlyMap<TagName, TagFact>, revisions: readonly Digest[]): string {
  const named = [...tags].map(([tag, fact]) => `${tag}=${fact.is === 'resolved' ? fact.digest : fact.is}`)
  return [...named, ...revisions].join(' ')
}
