import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../files/error-code.ts'
import { Settings } from '../toml/settings.ts'
import { isTomlFile, readToml, type TomlFile } from '../toml/toml-file.ts'
import { type RegistryEntry, readRegistry } from './registry-entry.ts'

/** What a `registries.conf` and its drop-in files say together. */
export interface RegistriesConf {
  readonly registries: readonly RegistryEntry[]
  /** Hosts on which a short name is searched. */
  readonly search: readonly string[]
  /** Where the search is configured. */
  readonly searchPlace: string
  /** Full names by short names. */
  readonly aliases: ReadonlyMap<string, string>
  readonly shortNameMode: string
  /** Sentences about settings that are not used here. */
  readonly notUsed: readonly string[]
}

/** What one file says; missing fields leave those of earlier files as they are. */
interface OneFile {
  readonly registries: readonly RegistryEntry[]
  readonly search: readonly string[] | undefined
  readonly aliases: ReadonlyMap<string, string>
  readonly shortNameMode: string | undefined
}

/**
 * Reads a `registries.conf`, and the `.conf` files of the directory with the same name and `.d` at its end.
 *
 * @see containers-registries.conf(5); containers-registries.conf.d(5), "Configuration precedence"
 */
export function readRegistriesConf(path: string, problems: string[]): RegistriesConf {
  const notUsed: string[] = []
  const registries = new Map<string, RegistryEntry>()
  const aliases = new Map<string, string>()
  let [search, searchPlace, shortNameMode]: [readonly string[], string, string] = [[], path, 'permissive']
  for (const file of [path, ...dropInsOf(path, problems)]) {
    const read = readToml(file, true)
    if (!isTomlFile(read)) {
      problems.push(`--registries-conf: ${read.is === 'missing' ? `${file} does not exist` : read.why}`)
      continue
    }
    const one = readOne(read, problems, notUsed)
    for (const entry of one.registries) registries.set(entry.prefix, entry)
    for (const [name, full] of one.aliases) aliases.set(name, full)
    if (one.search !== undefined) [search, searchPlace] = [one.search, `${file}:${read.lineOf([SEARCH])}`]
    shortNameMode = one.shortNameMode ?? shortNameMode
  }
  return { registries: [...registries.values()], search, searchPlace, aliases, shortNameMode, notUsed }
}

const SEARCH = 'unqualified-search-registries'
const MODES: ReadonlySet<string> = new Set(['enforcing', 'permissive', 'disabled'])
/** Settings about credentials: those come from the docker config. */
const NOT_USED = ['credential-helpers', 'additional-layer-store-auth-helper']

function readOne(file: TomlFile, problems: string[], notUsed: string[]): OneFile {
  const root = new Settings(file, [], file.fields, problems)
  if (root.value('registries') !== undefined)
    root.refuse('registries', 'this is version 1 of the format: write [[registry]] tables')
  const entries = root.tables('registry').flatMap((settings) => readRegistry(settings, problems) ?? [])
  requireOneMind(entries, problems)
  const mode = root.text('short-name-mode')
  if (mode !== undefined && mode !== '' && !MODES.has(mode))
    root.refuse('short-name-mode', `expected ${[...MODES].join(', ')}`)
  for (const key of NOT_USED)
    if (root.value(key) !== undefined)
      notUsed.push(`${root.place(key)}: ${key} is not used: credentials come from the docker config`)
  const search = root.texts(SEARCH)
  const aliases = aliasesIn(root.table('aliases'))
  for (const key of root.unknown) notUsed.push(`${root.place(key)}: the setting ${key} is not known and not used`)
  return {
    // Of two with one prefix, the first counts.
    registries: entries.filter(({ prefix }, n) => entries.findIndex((other) => other.prefix === prefix) === n),
    search,
    aliases,
    shortNameMode: mode === '' ? undefined : mode,
  }
}

/** Several entries of one location must agree, or nothing is pulled at all. */
function requireOneMind(entries: readonly RegistryEntry[], problems: string[]): void {
  const seen = new Map<string, RegistryEntry>()
  for (const entry of entries) {
    const key = entry.location ?? entry.prefix
    const other = seen.get(key) ?? entry
    seen.set(key, other)
    for (const setting of ['insecure', 'blocked'] as const)
      if (entry[setting] !== other[setting])
        problems.push(`${entry.place}: ${setting} of ${key} contradicts ${other.place}`)
  }
}

function aliasesIn(table: Settings | undefined): ReadonlyMap<string, string> {
  const found = (table?.keys ?? []).flatMap((name) => {
    const full = table?.text(name)
    return full === undefined ? [] : [[name, full] as const]
  })
  return new Map(found)
}

function dropInsOf(path: string, problems: string[]): readonly string[] {
  try {
    return readdirSync(`${path}.d`, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.conf'))
      .map(({ name }) => join(`${path}.d`, name))
      .sort()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      problems.push(`--registries-conf: cannot list ${path}.d: ${error instanceof Error ? error.message : ''}`)
    return []
  }
}
