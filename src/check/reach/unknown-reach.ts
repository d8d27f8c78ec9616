import { type Digest, isDigest } from '../../oci/digest.ts'
import type { TagName } from '../../oci/names.ts'
import type { UncheckedRecord } from '../records.ts'
import type { ManifestFact, TagFact } from '../walk/graph.ts'
import type { ReachGraph } from './reach-graph.ts'
import type { ReachQuestion } from './reach-records.ts'
import { imagesOf, type Reached } from './reached.ts'

interface Seen {
  readonly graph: ReachGraph
  readonly reached: Reached
  readonly question: ReachQuestion
}

/**
 * What of one repository could not be read: it may lead to any digest.
 *
 * A manifest that is missing may have named anything. One that nothing reaches may still be a referrer, unless it is gone.
 */
export function unknownIn(repository: string, { graph, reached, question }: Seen): readonly UncheckedRecord[] {
  const unknown: UncheckedRecord[] = graph.unreadable.map(({ place, because, detail }) => {
    return { repository, path: place, because, detail }
  })
  if (graph.moved)
    unknown.push({ repository, because: 'MOVED', detail: 'it was written to each time that it was read' })
  for (const [tag, fact] of graph.tags) {
    const record = unknownTag(repository, tag, fact)
    if (record && !question.without.has(tag)) unknown.push(record)
  }
  for (const [digest, fact] of graph.manifests) {
    const record = unknownManifest(repository, digest, { fact, isReached: reached.steps.has(digest) })
    if (record) unknown.push(record)
  }
  return [...unknown, ...unknownDeployed(repository, { graph, question })]
}

function unknownTag(repository: string, tag: TagName, fact: TagFact): UncheckedRecord | undefined {
  switch (fact.is) {
    case 'resolved':
      return undefined
    case 'unchecked':
      return { repository, tag, path: fact.place, because: fact.because, detail: fact.detail }
    case 'dangling':
      return {
        repository,
        tag,
        ...placeIn(fact.evidence),
        because: 'STORE_READ_FAILED',
        detail: `names nothing that can be read (${fact.cause})`,
      }
  }
}

function unknownManifest(
  repository: string,
  digest: Digest,
  { fact, isReached }: { readonly fact: ManifestFact; readonly isReached: boolean },
): UncheckedRecord | undefined {
  const about = { repository, digest, kind: 'manifest' } as const
  switch (fact.is) {
    case 'read':
      return undefined
    case 'unchecked':
      return { ...about, path: fact.place, because: fact.because, detail: fact.detail }
    case 'skipped':
      return isReached ? { ...about, because: fact.because, detail: UNREAD } : undefined
    case 'opaque':
      return { ...about, because: 'STORE_MALFORMED', detail: `is of a kind that regfsck does not know, ${UNREAD}` }
    case 'damaged':
      return {
        ...about,
        ...placeIn(fact.evidence),
        because: 'STORE_MALFORMED',
        detail: `is damaged (${fact.cause}), ${UNREAD}`,
      }
    case 'absent': {
      const isGone = fact.cause === 'manifest-missing' || fact.cause === 'revision-link-missing'
      if (isGone && !isReached) return undefined
      return {
        ...about,
        ...placeIn(fact.evidence),
        because: 'STORE_READ_FAILED',
        detail: `is missing (${fact.cause}), ${UNREAD}`,
      }
    }
  }
}

const UNREAD = 'so it is unknown what it names'

function placeIn({ path, url }: { readonly path?: string; readonly url?: string }): { readonly path?: string } {
  const place = path ?? url
  return place === undefined ? {} : { path: place }
}

/** What is deployed by a tag that is not there, or runs by a config that no known manifest names. */
function unknownDeployed(
  repository: string,
  { graph, question }: Pick<Seen, 'graph' | 'question'>,
): readonly UncheckedRecord[] {
  const certain = question.deployed.filter(({ isCertain }) => isCertain)
  return certain.flatMap(({ image, wanted, running, uses }) => {
    const at = uses.map(({ file, line, column }) => `${file}:${line}:${column}`)[0]
    const about = { repository, ...(at !== undefined && { path: at }), because: 'REFERENCE_UNKNOWN' } as const
    const records: UncheckedRecord[] = []
    if (!isDigest(wanted) && ![...graph.tags.keys()].some((tag) => tag === wanted))
      records.push({
        ...about,
        tag: wanted,
        detail: `${image} is deployed, and the tag is not there: what it named is unknown`,
      })
    for (const { is, digest } of running)
      if (is === 'config' && !graph.listsAll && imagesOf(digest, graph.manifests).next().done === true)
        records.push({
          ...about,
          digest,
          detail: `${image} runs by the digest of its config, and no manifest that was read has it`,
        })
    return records
  })
}
