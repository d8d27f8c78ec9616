import { isDigest } from '../../../oci/digest.ts'
import { InputError } from '../../../oci/input-error.ts'
import { parseReference, type Reference } from '../../../oci/reference.ts'
import type { HostSettings, PullRoute, PullSource, RouteOf, UnknownSetting } from '../pull-source.ts'
import { type RegistriesConf, readRegistriesConf } from './read-conf.ts'
import type { Location, RegistryEntry } from './registry-entry.ts'
import { fullNamesOf } from './short-name.ts'

/** Where one name of an image is pulled from. */
type OneRoute =
  | { readonly is: 'sources'; readonly sources: readonly PullSource[]; readonly unknown: readonly UnknownSetting[] }
  | { readonly is: 'blocked'; readonly by: string }

/**
 * The sources of a `registries.conf`.
 *
 * @param problems gets a sentence for each thing that cannot be used
 * @param onNotUsed gets a sentence for each setting that is not used
 */
export function registriesConf(path: string, problems: string[], onNotUsed: (sentence: string) => void): RouteOf {
  const conf = readRegistriesConf(path, problems)
  for (const sentence of conf.notUsed) onNotUsed(sentence)
  return (reference) => routeOf(reference, conf, problems)
}

function routeOf(reference: Reference, conf: RegistriesConf, problems: string[]): PullRoute {
  const found = fullNamesOf(reference, conf)
  if (found.is === 'unresolved') return found
  const routes = found.names.map((name) => routeOfName(name, reference, conf, problems))
  const open = routes.filter((route) => route.is === 'sources')
  const blocked = routes.find((route) => route.is === 'blocked')
  if (open.length === 0 && blocked !== undefined) return blocked
  return {
    is: 'sources',
    sources: open.flatMap(({ sources }) => sources),
    isOneForAll: true,
    unknown: open.flatMap(({ unknown }) => unknown),
  }
}

function routeOfName(name: string, reference: Reference, conf: RegistriesConf, problems: string[]): OneRoute {
  const { wanted } = reference
  const text = `${name}${isDigest(wanted) ? '@' : ':'}${wanted}`
  const entry = entryFor(text, conf.registries)
  if (entry === undefined)
    return { is: 'sources', sources: sourceAt(text, undefined, reference, problems), unknown: [] }
  if (entry.blocked) return { is: 'blocked', by: `${entry.place}: blocked = true for ${entry.prefix}` }
  const rest = text.slice(matchOf(text, entry.prefix))
  const mirrors = entry.mirrors.filter(({ pulls }) => pulls === 'all' || (pulls === 'digest-only') === isDigest(wanted))
  return {
    is: 'sources',
    sources: [...mirrors, entry].flatMap((at) =>
      sourceAt(at.location === undefined ? text : `${at.location}${rest}`, at, reference, problems),
    ),
    unknown: entry.unknown,
  }
}

/** The entry with the longest prefix. @see c/image, sysregistriesv2, `findRegistryWithParsedConfig` */
function entryFor(text: string, entries: readonly RegistryEntry[]): RegistryEntry | undefined {
  return entries
    .filter(({ prefix }) => matchOf(text, prefix) > 0)
    .reduce<RegistryEntry | undefined>(
      (best, each) => (each.prefix.length > (best?.prefix.length ?? 0) ? each : best),
      undefined,
    )
}

/** The length of what a prefix matches; 0 if it does not. What follows must begin with a separator. */
function matchOf(text: string, prefix: string): number {
  const isWild = prefix.startsWith('*.')
  const domain = isWild ? prefix.slice(1) : prefix
  const at = isWild ? text.indexOf(domain) : text.startsWith(domain) ? 0 : -1
  if (at < 0 || text.slice(0, at).includes('/')) return 0
  const end = at + domain.length
  return end === text.length || ':/@'.includes(text[end] ?? '') ? end : 0
}

function sourceAt(
  text: string,
  at: Location | undefined,
  logical: Reference,
  problems: string[],
): readonly PullSource[] {
  const physical = parse(text, at, problems)
  if (physical === undefined) return []
  const isRegistry = physical.origin === logical.origin || hostOf(physical) === hostOf(logical)
  const origin = isRegistry ? logical.origin : physical.origin
  const insecure = at?.insecure === true
  const settings: HostSettings | undefined = at && { place: at.place, skipsVerification: insecure }
  return [
    {
      url: origin,
      repository: physical.repository,
      mayResolve: true,
      isRegistry,
      mayBePlain: insecure || (isRegistry && logical.mayBePlain === true),
      settings,
    },
  ]
}

function hostOf({ origin }: Reference): string {
  return new URL(origin).host
}

function parse(text: string, at: Location | undefined, problems: string[]): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    problems.push(`${at?.place ?? '--registries-conf'}: ${error.message}`)
    return undefined
  }
}
