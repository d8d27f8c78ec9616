import type { Needer } from '../repair/step.ts'
import type { Graph, TagLook } from '../walk/graph.ts'
import type { References } from './references.ts'

/** More of them in one line of a script would be hard to read. */
const MOST_NEEDERS = 50

/** Tags and manifests that could not be read, and so may need what nothing else needs. */
export interface UnreadOwners {
  readonly isNone: boolean
  /** All of them that can be asked for; `undefined` where some cannot be named. */
  readonly needers: readonly Needer[] | undefined
  /** A tag is among them of which nothing tells what it named: no other registry can say so for certain. */
  readonly hasUnknownTag: boolean
}

/**
 * Look for what could not be read among all tags, and all manifests that something needs. While there is any, nothing may
 * be taken away.
 *
 * @param sawEverything whether nothing was left out that a check of an image would leave out as well
 */
export function unreadOwners(graph: Graph, references: References, sawEverything: boolean): UnreadOwners {
  const tags = [...graph.tags].filter(([, look]) => look.is !== 'resolved')
  const manifests = unreadManifests(graph, references)
  const needers = [...tags.flatMap(([tag, look]) => (isFile(look) ? [] : [tag])).sort(), ...manifests.sort()]
  return {
    isNone: sawEverything && tags.length + manifests.length === 0,
    needers: sawEverything && needers.length <= MOST_NEEDERS ? needers : undefined,
    hasUnknownTag: tags.some(([, look]) => look.is !== 'dangling' || look.evidence.lastPushed === undefined),
  }
}

/** It stands where the directory of a tag belongs, and is no tag that could be pulled. */
function isFile(look: TagLook): boolean {
  return look.is === 'dangling' && look.evidence.tagIs === 'a file'
}

function unreadManifests({ manifests, below }: Graph, references: References): Needer[] {
  const found: Needer[] = []
  for (const [digest, look] of manifests) {
    const isNeeded = references.claims(digest).length > 0 || references.tagsAt(digest).length > 0
    if (look.is === 'damaged' || (look.is === 'absent' && isNeeded && !below.has(digest))) found.push(digest)
  }
  return found
}
