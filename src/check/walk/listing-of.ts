import { compareText } from '../compare-text.ts'
import type { Listing, Unreadable } from '../ports.ts'
import { StoreError } from '../store-error.ts'

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
