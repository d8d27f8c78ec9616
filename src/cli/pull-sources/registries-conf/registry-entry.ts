import { parseReference } from '../../../oci/reference.ts'
import type { UnknownSetting } from '../pull-source.ts'
import type { Settings } from '../toml/settings.ts'

/** A place from which images are pulled. */
export interface Location {
  /** `host[:port][/path…]`. Missing: the name of the image is used as it is. */
  readonly location: string | undefined
  readonly insecure: boolean
  /** Where the file says so. */
  readonly place: string
}

/** A mirror, and for which images it is used. */
export interface Mirror extends Location {
  readonly pulls: 'all' | 'digest-only' | 'tag-only'
}

/** One `[[registry]]`. */
export interface RegistryEntry extends Location {
  readonly prefix: string
  readonly blocked: boolean
  readonly mirrors: readonly Mirror[]
  readonly unknown: readonly UnknownSetting[]
}

const PULLS = ['all', 'digest-only', 'tag-only'] as const

/**
 * Reads one `[[registry]]`; what c/image refuses is a problem.
 *
 * @see containers-registries.conf(5), "Namespaced [[registry]] settings"
 */
export function readRegistry(settings: Settings, problems: string[]): RegistryEntry | undefined {
  const before = problems.length
  const location = locationIn(settings, 'location')
  const prefix = locationIn(settings, 'prefix') ?? location
  const isWild = prefix?.startsWith('*.') === true
  if (prefix === undefined) settings.refuse('registry', 'it has neither prefix nor location')
  else if (isWild && /[/@:]/.test(prefix))
    settings.refuse('prefix', 'a wildcard is only followed by a host, as in *.example.com')
  else if (!isWild && location === undefined) settings.refuse('prefix', 'location is missing')
  if (settings.value('pull-from-mirror') !== undefined) settings.refuse('pull-from-mirror', 'it is for mirrors only')
  const byDigest = settings.flag('mirror-by-digest-only') ?? false
  const mirrors = settings.tables('mirror')
  const entry = {
    prefix: prefix ?? '',
    location,
    insecure: settings.flag('insecure') ?? false,
    blocked: settings.flag('blocked') ?? false,
    mirrors: mirrors.flatMap((mirror) => readMirror(mirror, byDigest) ?? []),
    place: settings.place(),
  }
  const unknown = [settings, ...mirrors].flatMap((table) =>
    table.unknown.map((key) => ({ place: table.place(key), what: `the setting ${key} is not known here` })),
  )
  return problems.length === before ? { ...entry, unknown } : undefined
}

function readMirror(settings: Settings, byDigest: boolean): Mirror | undefined {
  const location = locationIn(settings, 'location')
  const word = settings.text('pull-from-mirror') ?? ''
  const pulls = word === '' ? 'all' : PULLS.find((one) => one === word)
  if (location === undefined) settings.refuse('mirror', 'its location is missing')
  if (pulls === undefined) settings.refuse('pull-from-mirror', `expected ${PULLS.join(', ')}`)
  else if (byDigest && word !== '') settings.refuse('pull-from-mirror', 'it contradicts mirror-by-digest-only')
  if (location === undefined || pulls === undefined) return undefined
  return {
    location,
    insecure: settings.flag('insecure') ?? false,
    pulls: byDigest ? 'digest-only' : pulls,
    place: settings.place(),
  }
}

/** Without slashes at its end; an empty one counts as missing. */
function locationIn(settings: Settings, key: string): string | undefined {
  const text = settings.text(key)?.replace(/\/+$/, '')
  if (text === undefined || text === '' || isPlace(text) || (text.startsWith('*.') && key === 'prefix'))
    return text === '' ? undefined : text
  const hasScheme = /^https?:\/\//.test(text)
  settings.refuse(key, hasScheme ? 'it must not begin with a scheme' : 'expected HOST[:PORT][/NAME…]')
  return undefined
}

/** Whether a name below it would be a reference. A user name and a password are none. */
function isPlace(text: string): boolean {
  const [host = ''] = text.split('/')
  if (text.includes('://') || (host !== 'localhost' && !/[.:]/.test(host))) return false
  try {
    parseReference(/[:@][^/]*$/.test(text) && text.includes('/') ? text : `${text}/a/b`)
    return true
  } catch {
    return false
  }
}
