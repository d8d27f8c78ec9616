import type { LinkContent, LinkFile, OddLink } from '../../../gc/inventory.ts'
import { isOpenable } from '../../../gc/repository-name.ts'
import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import type { Entries } from '../driver.ts'
import { readLink } from '../repository/link.ts'
import { parseAsEngine } from './engine-digest.ts'
import { inOrder, type Reading } from './reading.ts'

/** Reads the files called `link` below one directory, at any depth, in the order of a walk. */
export class LinkFiles {
  readonly links: LinkFile[] = []
  /** Directories of digests without a `link`. */
  readonly empty: Digest[] = []
  readonly #reading: Reading

  /** @param root a directory, or nothing */
  constructor(reading: Reading, root: string) {
    this.#reading = reading
    const algorithms = reading.list(root)
    if (algorithms === undefined) return
    for (const { name, isFile } of inOrder(algorithms))
      if (!isFile) this.#algorithm(`${root}/${name}`, name)
      else if (name === 'link') this.#odd(`${root}/link`, undefined)
  }

  #algorithm(path: string, algorithm: string): void {
    const entries = this.#reading.list(path)
    if (entries === undefined) return
    for (const { name, isFile } of inOrder(entries)) {
      const child = `${path}/${name}`
      const digest = digestAt(algorithm, name)
      if (isFile && name === 'link') this.#odd(child, undefined)
      else if (isFile && digest !== undefined) this.links.push(misplaced(child, digest, 'not a directory'))
      else if (!isFile && digest !== undefined) this.#ofDigest(child, digest)
      else if (!isFile) this.#below(child, undefined)
    }
  }

  /** The usual place of a link. */
  #ofDigest(path: string, digest: Digest): void {
    if (this.#reading.driver.isLeaf?.(path) === true) {
      if (!this.#usual(`${path}/link`, digest)) this.empty.push(digest)
      return
    }
    const before = this.links.length
    this.#below(path, digest)
    const own = this.links
      .slice(before)
      .some((link) => link === digest || (typeof link !== 'string' && link.at === digest))
    if (!own) this.empty.push(digest)
  }

  /** @param at the digest that a `link` directly in this directory belongs to */
  #below(path: string, at: Digest | undefined): void {
    const entries = this.#reading.list(path)
    if (entries === undefined) return
    if (at !== undefined && isUnreadable(entries, `${path}/link`))
      this.links.push({ path: `${path}/link`, at, content: { is: 'unknown' } })
    for (const { name, isFile } of inOrder(entries)) {
      const child = `${path}/${name}`
      if (isFile && name === 'link') {
        if (at === undefined) this.#odd(child, undefined)
        else this.#usual(child, at)
      } else if (!isFile) {
        if (at !== undefined && name === 'link') this.links.push(misplaced(child, at, 'is a directory'))
        this.#below(child, undefined)
      }
    }
  }

  /** @returns `false`: there is none */
  #usual(path: string, at: Digest): boolean {
    const content = this.#read(path, at)
    if (content === undefined) return false
    if (content.is === 'names' && content.digest === at) this.links.push(at)
    else this.links.push({ path, at, content })
    return true
  }

  #odd(path: string, at: Digest | undefined): void {
    const content = this.#read(path, at)
    if (content !== undefined) this.links.push({ path, at, content })
  }

  #read(path: string, expected: Digest | undefined): LinkContent | undefined {
    const link = this.#reading.trying(() => readLink(this.#reading.driver, path, expected))
    if (link === undefined) return { is: 'unknown' }
    if (link.is === 'missing') return undefined
    if (expected === undefined && !path.split('/').slice(-3).every(isOpenable))
      return { is: 'invalid', text: '', error: 'invalid-path' }
    if (link.is === 'names') return link
    return invalidLink(link.content)
  }
}

/** A link that no engine parses. @param content as `readLink` shows it */
export function invalidLink(content: string): Extract<LinkContent, { readonly is: 'invalid' | 'misplaced' }> {
  if (content === 'a directory') return { is: 'misplaced', error: 'is a directory' }
  const text = String(JSON.parse(content))
  const parsed = parseAsEngine(text)
  return { is: 'invalid', text, error: typeof parsed === 'string' ? 'format' : parsed.error }
}

function digestAt(algorithm: string, encoded: string): Digest | undefined {
  const digest = `${algorithm}:${encoded}`
  return isDigest(digest) && hashAlgorithmOf(digest) !== undefined ? digest : undefined
}

function misplaced(path: string, at: Digest, error: 'not a directory' | 'is a directory'): OddLink {
  return { path, at, content: { is: 'misplaced', error } }
}

function isUnreadable({ unreadable }: Entries, path: string): boolean {
  return unreadable.some(({ place }) => place === path)
}
