import { posix } from 'node:path'
import { mayHoldPassword } from '../../../oci/redact.ts'
import type { HostSettings, UnknownSetting } from '../pull-source.ts'
import { Settings } from '../toml/settings.ts'
import type { TomlFile } from '../toml/toml-file.ts'
import { type Capabilities, readCapabilities, readHostSettings } from './host-settings.ts'

/** A host of `hosts.toml`, or its server. */
export interface ContainerdHost extends Capabilities {
  /** The URL in front of `v2/`, or all of it. `undefined`: the host that the image names. */
  readonly url: string | undefined
  readonly isWholePath: boolean
  /** It may speak plain HTTP, and TLS is tried first. */
  readonly mayBePlain: boolean
  readonly settings: HostSettings
}

/** What one `hosts.toml` says. */
export interface HostsFile {
  /** In the order in which they are tried; the server is the last. */
  readonly hosts: readonly ContainerdHost[]
  readonly unknown: readonly UnknownSetting[]
}

/**
 * Reads a `hosts.toml`.
 *
 * @param directory that of the file
 * @see containerd, docs/hosts.md; core/remotes/docker/config/hosts.go, `parseHostsFile`
 */
export function readHostsFile(file: TomlFile, directory: string, problems: string[]): HostsFile {
  const root = new Settings(file, [], file.fields, problems)
  const table = root.table('host')
  const inOrder = [
    ...new Set(file.headers.flatMap(({ path: [first, name] }) => (first === 'host' && name !== undefined ? name : []))),
  ].map(String)
  const unknown: UnknownSetting[] = []
  const hosts = inOrder.flatMap((name) => {
    const settings = table?.table(name)
    if (settings === undefined) return []
    const host = readHost(name, settings, directory)
    unknown.push(...unknownIn(settings))
    return host ?? []
  })
  for (const name of table?.unknown ?? [])
    unknown.push({
      place: table?.place(name) ?? file.path,
      what: `${name} is not a table of its own, so containerd ignores it`,
    })
  const server = root.text('server') ?? ''
  const last = server === '' ? ownHost(root, directory) : readHost(server, root, directory, 'server')
  return { hosts: last === undefined ? hosts : [...hosts, last], unknown: [...unknown, ...unknownIn(root)] }
}

/** Without `server`, the host that the image names comes last. It may do everything, whatever the file says. */
function ownHost(root: Settings, directory: string): ContainerdHost {
  readCapabilities(root)
  root.flag('override_path')
  return {
    url: undefined,
    isWholePath: false,
    mayBePlain: false,
    pulls: true,
    resolves: true,
    settings: readHostSettings(root, directory),
  }
}

function readHost(name: string, settings: Settings, directory: string, key = 'host'): ContainerdHost | undefined {
  const overrides = settings.flag('override_path') ?? false
  const capabilities = readCapabilities(settings)
  const own = readHostSettings(settings, directory)
  const text = name.startsWith('http') ? name : `https://${name}`
  const problem = problemOf(name, text)
  if (problem !== undefined) {
    settings.refuse(key, problem)
    return undefined
  }
  const { protocol, host, pathname, port } = new URL(text)
  const path = posix.normalize(pathname).replace(/\/$/, '')
  const isUnderV2 = path.endsWith('/v2')
  return {
    ...capabilities,
    url: `${protocol}//${host}${isUnderV2 ? path.slice(0, -'/v2'.length) : path}`,
    isWholePath: overrides && !isUnderV2,
    // With settings for TLS, containerd tries that first.
    mayBePlain: protocol === 'http:' && port !== '' && hasTls(own),
    settings: own,
  }
}

function problemOf(name: string, text: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(name)?.[0] ?? 'https:'
  if (mayHoldPassword(text)) return 'it must not contain a user name or password, which containerd ignores'
  if (!['http:', 'https:'].includes(scheme)) return `it must not begin with ${scheme}`
  if (!URL.canParse(text)) return 'it is not a URL'
  const { search, hash } = new URL(text)
  return search === '' && hash === '' ? undefined : 'it must not contain a query or a fragment'
}

function hasTls({ ca, client, skipsVerification }: HostSettings): boolean {
  return ca !== undefined || client !== undefined || skipsVerification !== undefined
}

function unknownIn(settings: Settings): readonly UnknownSetting[] {
  return settings.unknown.map((key) => ({ place: settings.place(key), what: `the setting ${key} is not known here` }))
}
