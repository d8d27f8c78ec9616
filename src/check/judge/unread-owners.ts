import type { Needer } from '../repair/step.ts'
import type { Graph, TagFact } from '../walk/graph.ts'
import type { References } from './references.ts'

/** A line of a script with more of them would be hard to read. */
const MOST_NEEDERS = 50

/** Tags and manifests that could not be read, and so may need what nothing else needs. */
export interface UnreadOwners {
  readonly isNone: boolean
  /** All of them, by name; `undefined` if some have no name. */
  readonly needers: readonly Needer[] | undefined
  /** Whether one of them is a tag whose digest is unknown: another registry may have a different one. */
  readonly hasUnknownTag: boolean
}

/**
 * Finds the tags and the needed manifests that could not be read. While there are any, no content may be
 * moved away.
 *
 * @param sawEverything whether every listing worked and every tag and manifest was read
 */
export function unreadOwners(graph: Graph, references: References, sawEverything: boolean): UnreadOwners {
  const tags = [...graph.tags].filter(([, fact]) => fact.is !== 'resolved')
  const manifests = unreadManifests(graph, references)
  const needers = [...tags.flatMap(([tag, fact]) => (isFile(fact) ? [] : [tag])).sort(), ...manifests.sort()]
  return {
    isNone: sawEverything && tags.length + manifests.length === 0,
    needers: sawEverything && needers.length <= MOST_NEEDERS ? needers : undefined,
    hasUnknownTag: tags.some(([, fact]) => fact.is !== 'dangling' || fact.evidence.lastPushed === undefined),
  }
}

/** A file in place of the directory of a tag cannot be pulled, so it needs nothing. */
function isFile(fact: TagFact): boolean {
  return fact.is === 'dangling' && fact.evidence.tagIs === 'a file'
}

function unreadManifests({ manifests, below }: Graph, references: References): Needer[] {
  const found: Needer[] = []
  for (const [digest, fact] of manifests) {
    const isNeeded = references.claims(digest).length > 0 || references.tagsAt(digest).length > 0
    if (fact.is === 'damaged' || (fact.is === 'absent' && isNeeded && !below.has(digest))) found.push(digest)
  }
  return found
}
