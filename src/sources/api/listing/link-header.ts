/** The next page of a listing. */
export type NextPage =
  | { readonly is: 'none' }
  | { readonly is: 'at'; readonly target: string }
  /** There may be a next page; the header does not say where. */
  | { readonly is: 'unreadable'; readonly why: string }

/**
 * The link to the next page. Accepts more than the standard, as long as it is unambiguous: a target without angle brackets,
 * `rel` before the target, in any case or quotes, among other relations.
 *
 * @see RFC 8288, section 3
 */
export function nextPage(header: string | string[] | undefined): NextPage {
  const links = [header ?? []].flat().flatMap(linksIn)
  if (links.length === 0) return { is: 'none' }
  const next = links.filter(({ relations }) => relations?.includes('next'))
  const targets = new Set(next.map(({ target }) => target))
  const [target] = targets
  if (targets.size > 1) return unreadable('names several next pages')
  if (target !== undefined) return target === '' ? unreadable('names no next page') : { is: 'at', target }
  // Links with another relation, such as rel="last", are ignored.
  const unclear = links.find(({ relations }) => relations === undefined)
  if (unclear === undefined) return { is: 'none' }
  const only = links.length === 1 && unclear.target !== '' && unclear.target.includes('?')
  return only ? { is: 'at', target: unclear.target } : unreadable('cannot be read')
}

function unreadable(why: string): NextPage {
  return { is: 'unreadable', why: `its Link header ${why}, so there may be more` }
}

interface WebLink {
  readonly target: string
  /** In lower case; `undefined` if it has none, or none that is clear. */
  readonly relations: readonly string[] | undefined
}

function linksIn(header: string): readonly WebLink[] {
  const links: string[] = []
  let open = ''
  for (const piece of split(header, ',')) {
    open = open === '' ? piece : `${open},${piece}`
    // Without angle brackets, a comma is part of the target.
    if (!/^\s*[^<\s]/.test(open) || open.includes(';')) {
      links.push(open)
      open = ''
    }
  }
  return [...links, open].filter((link) => link.trim() !== '').map(linkIn)
}

function linkIn(text: string): WebLink {
  const parts = split(text, ';').map((part) => part.trim())
  const relation = parts.map((part) => /^rel\s*=\s*(.*)$/is.exec(part)?.[1]).find((value) => value !== undefined)
  const enclosed = parts.map((part) => /^<([^>]*)/.exec(part)?.[1]).find((value) => value !== undefined)
  const target = enclosed ?? unquoted(parts.find((part) => !/^[\w*-]+\s*=/.test(part)) ?? '')
  return { target: target.trim(), relations: relation === undefined ? undefined : relationsIn(relation) }
}

function relationsIn(value: string): readonly string[] | undefined {
  const relations = unquoted(value).trim().toLowerCase().split(/\s+/)
  const unclear = !relations.includes('next') && relations.some((relation) => relation.includes('next'))
  return unclear ? undefined : relations
}

function unquoted(text: string): string {
  return text.replace(/^["']+|["']+$/g, '')
}

/** Splits at a character outside angle brackets and quotes. */
function split(text: string, at: ',' | ';'): readonly string[] {
  const parts: string[] = []
  let start = 0
  let closing = ''
  for (let n = 0; n < text.length; n++) {
    const character = text.charAt(n)
    if (closing !== '') {
      if (character === '\\' && closing === '"') n++
      else if (character === closing) closing = ''
    } else if (character === '"') closing = closingOf(text, '"', n)
    else if (character === '<') closing = closingOf(text, '>', n)
    else if (character === at) {
      parts.push(text.slice(start, n))
      start = n + 1
    }
  }
  return [...parts, text.slice(start)]
}

/** The closing character; `''` if it does not follow: an unclosed bracket or quote encloses nothing. */
function closingOf(text: string, end: string, from: number): string {
  return text.indexOf(end, from + 1) < 0 ? '' : end
}
