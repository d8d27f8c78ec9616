import type { Digest } from '../oci/digest.ts'
import type { LinkContent, LinkFile, OddLink } from './inventory.ts'

/** What an engine finds when it looks a link up by its digest. */
export type FoundLink = LinkContent | { readonly is: 'missing' }

/** The links of one directory by the digest they are looked up with. */
export class LinkTable {
  readonly #usual = new Set<Digest>()
  readonly #odd = new Map<Digest, OddLink>()

  constructor(links: readonly LinkFile[]) {
    for (const link of links)
      if (typeof link === 'string') this.#usual.add(link)
      else if (link.at !== undefined) this.#odd.set(link.at, link)
  }

  find(digest: Digest): FoundLink {
    if (this.#usual.has(digest)) return { is: 'names', digest }
    return this.#odd.get(digest)?.content ?? MISSING
  }

  /** The path of an unusual link. */
  pathOf(digest: Digest): string | undefined {
    return this.#odd.get(digest)?.path
  }
}

const MISSING = { is: 'missing' } as const
