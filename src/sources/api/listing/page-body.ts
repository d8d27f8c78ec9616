import { protocolErrors } from '../client/protocol-errors.ts'

/** The content of one page of a listing. */
export type PageBody =
  | {
      readonly is: 'list'
      readonly names: readonly string[]
      /** Entries that are not strings, as JSON. */
      readonly odd: readonly string[]
    }
  | { readonly is: 'no-list'; readonly why: string }

/** Which list is expected. */
export interface ExpectedList {
  readonly field: 'tags' | 'repositories'
  /** An empty list of tags is accepted only if the body names this repository. */
  readonly repository?: string | undefined
}

/**
 * Parses the body of one page. An object without the list is not an empty list: gateways in maintenance send such objects.
 * `null` is an empty list, as distribution 2.8 sends it. Keys ignore case, because clients are written in Go.
 */
export function parsePage(body: Uint8Array, { field, repository }: ExpectedList): PageBody {
  const noList = (why: string): PageBody => ({ is: 'no-list', why })
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

/** Proxies add a prefix to the name, or remove one. */
function isSameRepository(name: unknown, repository: string): boolean {
  if (typeof name !== 'string') return false
  return name === repository || (name !== '' && (repository.endsWith(`/${name}`) || name.endsWith(`/${repository}`)))
}

/** By key in lower case; of several equal ones the last, as in Go. */
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
