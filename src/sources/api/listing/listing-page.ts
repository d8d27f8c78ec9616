import { protocolErrors } from '../client/protocol-errors.ts'

/** What one page of a listing says. */
export type ListingPage =
  | {
      readonly is: 'list'
      readonly names: readonly string[]
      /** Entries that are no text, as JSON. */
      readonly odd: readonly string[]
    }
  | { readonly is: 'no-list'; readonly why: string }

/** Which list is wanted. */
export interface WantedList {
  readonly field: 'tags' | 'repositories'
  /** Of whom: an empty list counts only where it is in the name of this repository. */
  readonly repository?: string | undefined
}

/**
 * Read the body of one page. An object without the list is no empty list: a gateway under maintenance answers like that.
 * `null` is an empty list, as distribution 2.8 sends it. Clients are written in Go, so the case of a key does not matter.
 */
export function readListingPage(body: Uint8Array, { field, repository }: WantedList): ListingPage {
  const noList = (why: string): ListingPage => ({ is: 'no-list', why })
  const fields = fieldsIn(body)
  if (fields === undefined) return noList(`sent no JSON list of ${field}`)
  const errors = protocolErrors(body).map(({ code }) => code)
  if (errors.length > 0) return noList(`sent errors instead of a list of ${field}: ${errors.join(', ')}`)
  const list = fields.get(field)
  if (list === undefined) return noList(`sent JSON without a list of ${field}`)
  if (list !== null && !Array.isArray(list)) return noList(`sent no list of ${field}, but ${typeof list}`)
  const entries: readonly unknown[] = list ?? []
  if (entries.length === 0 && repository !== undefined && !isSameRepository(fields.get('name'), repository))
    return noList(`sent an empty list of ${field} that does not name the repository`)
  return {
    is: 'list',
    names: entries.filter((entry) => typeof entry === 'string'),
    odd: entries.filter((entry) => typeof entry !== 'string').map((entry) => JSON.stringify(entry)),
  }
}

/** A proxy may put a prefix before the name, or take one away. */
function isSameRepository(name: unknown, repository: string): boolean {
  if (typeof name !== 'string') return false
  return name === repository || (name !== '' && (repository.endsWith(`/${name}`) || name.endsWith(`/${repository}`)))
}

/** By their names in lower case; the last of several counts. */
function fieldsIn(body: Uint8Array): ReadonlyMap<string, unknown> | undefined {
  try {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return new Map(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field]))
  } catch {
    return undefined
  }
}

/** Entries that are told one by one; of a list of rubbish the rest is counted. */
const TOLD = 20

/** @param what a name that would be right: `a tag` */
export function toldNames(names: readonly string[], what: string): readonly string[] {
  const told = names.slice(0, TOLD).map((name) => `lists ${shortened(name)}, which cannot be the name of ${what}`)
  const rest = names.length - told.length
  return rest === 0 ? told : [...told, `lists ${rest} more entries that cannot be the name of ${what}`]
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}
