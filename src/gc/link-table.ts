import type { Digest } from '../oci/digest.ts'
import type { LinkContent, LinkFile, OddLink } from './inventory.ts'

/** What an engine finds when it looks a link up by its digest. */
export type FoundLink = LinkContent | { readonly is: 'missing' }

/** The links of one directory by the digest they are looked up with. */
export class LinkTable {
  readonly #links: readonly LinkFile[]
  #usual: ReadonlySet<Digest> | undefined
  readonly #odd = new Map<Digest, OddLink>()

  constructor(links: readonly LinkFile[]) {
    this.#links = links
    for (const link of links) if (typeof link !== 'string' && link.at !== undefined) this.#odd.set(link.at, link)
  }

  find(digest: Digest): FoundLink {
    if (this.has(digest)) return { is: 'names', digest }
    return this.#odd.get(digest)?.content ?? MISSING
  }

  /** Whether a digest has the usual link. */
  has(digest: Digest): boolean {
    this.#usual ??= usualIn(this.#links)
    return this.#usual.has(digest)
  }

  /** The path of an unusual link. */
  pathOf(digest: Digest): string | undefined {
    return this.#odd.get(digest)?.path
  }
}

/** Every run over an inventory looks links up in the same lists. */
const known = new WeakMap<readonly LinkFile[], ReadonlySet<Digest>>()

function usualIn(links: readonly LinkFile[]): ReadonlySet<Digest> {
  let usual = known.get(links)
  if (usual === undefined) {
    usual = new Set(links.filter((link) => typeof link === 'string'))
    known.set(links, usual)
  }
  return usual
}

const MISSING = { is: 'missing' } as const
