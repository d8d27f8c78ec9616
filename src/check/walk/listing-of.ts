import type { TagName } from '../../oci/names.ts'
import { compareText } from '../compare-text.ts'
import type { Listing, RepositoryStore, Unreadable } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import type { TagFact } from './graph.ts'
import { uncheckedBy } from './measure.ts'

/**
 * The entries of a listing, sorted, so that two walks have the same order.
 *
 * @param unreadable receives the places that could not be listed, including a failed listing
 */
export async function listingOf<T extends string>(
  list: () => Promise<Listing<T> | undefined>,
  unreadable: Unreadable[],
): Promise<readonly T[]> {
  try {
    const listing = await list()
    const places = listing?.unreadable ?? []
    for (const place of [...places].sort((a, b) => compareText(a.place, b.place))) unreadable.push(place)
    return [...(listing?.found ?? [])].sort(compareText)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    unreadable.push({ place: error.place, because: error.code, detail: error.message })
    return []
  }
}

/** Every tag of a repository, sorted by name, without those that were deleted after they were listed. */
export async function resolvedTags(store: RepositoryStore, unreadable: Unreadable[]): Promise<Map<TagName, TagFact>> {
  const names = await listingOf(() => store.listTags(), unreadable)
  const answers = await store.resolveTags(names)
  const tags = new Map<TagName, TagFact>()
  for (const [n, name] of names.entries()) {
    const answer = answers[n]
    if (answer instanceof StoreError) tags.set(name, uncheckedBy(answer))
    else if (answer && answer.is !== 'gone') tags.set(name, answer)
  }
  return tags
}
