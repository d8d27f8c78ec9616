import type { Reference } from '../../../oci/reference.ts'
import type { RegistriesConf } from './read-conf.ts'

/** What the name of an image may stand for, in the order in which that is tried; or why that cannot be known. */
export type FullNames = { readonly is: 'names'; readonly names: readonly string[] } | Unresolved

interface Unresolved {
  readonly is: 'unresolved'
  readonly because: string
}

/**
 * The full name of an image, without tag and digest. A short name has an alias, or is searched.
 *
 * @see containers-registries.conf(5), "Short-Name Aliasing"
 */
export function fullNamesOf({ name, origin, repository }: Reference, conf: RegistriesConf): FullNames {
  if (!isShort(name)) return { is: 'names', names: [`${hostOf(name, origin)}/${repository}`] }
  const alias = conf.aliases.get(name)
  if (alias !== undefined && alias !== '') return { is: 'names', names: [alias] }
  const { search, searchPlace, shortNameMode } = conf
  if (search.length === 0)
    return unresolved(`${name} is a short name: ${searchPlace} has no alias for it, and no registries to search it on`)
  if (search.length > 1 && shortNameMode === 'enforcing')
    return unresolved(
      `${name} is a short name: ${searchPlace} names ${search.length} registries, and short-name-mode enforcing asks which`,
    )
  return {
    is: 'names',
    names: search.map((host) => `${host}/${isHub(host) && !name.includes('/') ? 'library/' : ''}${name}`),
  }
}

function unresolved(because: string): Unresolved {
  return { is: 'unresolved', because }
}

/** Docker Hub has one name there, and its official images are in `library`. */
function hostOf(name: string, origin: string): string {
  return new URL(origin).host === 'registry-1.docker.io' ? 'docker.io' : (name.split('/')[0] ?? '')
}

function isHub(host: string): boolean {
  return host === 'docker.io'
}

function isShort(name: string): boolean {
  const [first = '', ...others] = name.split('/')
  return others.length === 0 || (first !== 'localhost' && !/[.:]/.test(first))
}
