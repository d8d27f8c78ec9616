import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { HostSettings } from '../pull-source.ts'
import { areTexts, type Settings } from '../toml/settings.ts'
import { goDuration } from './go-duration.ts'

/** What a host may be used for. */
export interface Capabilities {
  readonly pulls: boolean
  readonly resolves: boolean
}

const EVERYTHING: Capabilities = { pulls: true, resolves: true }
const CAPABILITIES: ReadonlySet<string> = new Set(['pull', 'resolve', 'push', 'referrers'])

/** Reads `capabilities`. None at all are all of them. @see containerd, docs/hosts.md, "capabilities field" */
export function readCapabilities(settings: Settings): Capabilities {
  const words = (settings.texts('capabilities') ?? []).map((word) => word.toLowerCase())
  for (const word of words)
    if (!CAPABILITIES.has(word)) settings.refuse('capabilities', `${JSON.stringify(word)} is unknown`)
  if (words.length === 0) return EVERYTHING
  return { pulls: words.includes('pull'), resolves: words.includes('resolve') }
}

/**
 * Reads how to connect to a host. Paths are relative to the directory of the file.
 *
 * @see containerd, docs/hosts.md, "hosts.toml Content Description - Detail"
 */
export function readHostSettings(settings: Settings, directory: string): HostSettings {
  const files = new FilesNamed(settings, directory)
  const ca = settings.value('ca')
  return {
    place: settings.place(),
    ca: ca === undefined ? undefined : files.authorities('ca', ca),
    client: files.pairs('client', settings.value('client')),
    skipsVerification: settings.flag('skip_verify'),
    headers: headersIn(settings),
    connectTimeout: timeoutIn(settings),
    proxy: proxyIn(settings),
  }
}

/** The files that a table names. */
export class FilesNamed {
  readonly #settings: Pick<Settings, 'refuse'>
  readonly #directory: string

  constructor(settings: Pick<Settings, 'refuse'>, directory: string) {
    this.#settings = settings
    this.#directory = directory
  }

  /** A path, or several. */
  authorities(key: string, value: unknown): string | undefined {
    const paths = typeof value === 'string' ? [value] : value
    if (!areTexts(paths)) this.#settings.refuse(key, 'expected a path, or an array of paths')
    const texts = (areTexts(paths) ? paths : []).flatMap((path) => this.#certificate(key, path) ?? [])
    return texts.length === 0 ? undefined : texts.join('\n')
  }

  /** A path, paths, or pairs of paths: a certificate and its key, which may be in one file. */
  pairs(key: string, value: unknown): HostSettings['client'] {
    if (value === undefined) return undefined
    const entries: readonly unknown[] = Array.isArray(value) ? value : [value]
    const read = entries.flatMap((entry) => {
      const [certPath, keyPath = '', ...others] = typeof entry === 'string' ? [entry] : areTexts(entry) ? entry : []
      if (certPath === undefined || others.length > 0) {
        this.#settings.refuse(key, 'expected a path, an array of paths, or an array of pairs of paths')
        return []
      }
      const cert = this.#certificate(key, certPath)
      const own = keyPath === '' ? cert : this.#text(key, keyPath)
      return cert === undefined || own === undefined ? [] : [{ cert, key: own }]
    })
    return { cert: read.map(({ cert }) => cert), key: read.map((pair) => pair.key) }
  }

  #certificate(key: string, path: string): string | undefined {
    const text = this.#text(key, path)
    if (text === undefined || isCertificate(text)) return text
    this.#settings.refuse(key, `${path} is not a certificate in PEM form`)
    return undefined
  }

  #text(key: string, path: string): string | undefined {
    try {
      return readFileSync(isAbsolute(path) ? path : join(this.#directory, path), 'utf8')
    } catch (error) {
      this.#settings.refuse(key, `cannot read ${path}: ${error instanceof Error ? error.message : ''}`)
      return undefined
    }
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.byteLength > 0
  } catch {
    return false
  }
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function headersIn(settings: Settings): HostSettings['headers'] {
  const table = settings.table('header')
  if (table === undefined) return undefined
  const headers = table.keys.flatMap((name): readonly (readonly [string, string | string[]])[] => {
    const value = table.value(name)
    const values = typeof value === 'string' ? [value] : value
    if (!areTexts(values)) table.refuse(name, 'expected a string, or an array of strings')
    else if (!HEADER_NAME.test(name) || values.some((text) => /[^\t\x20-\x7e\x80-\xff]/.test(text)))
      table.refuse(name, 'it cannot be sent as a header of HTTP')
    else return [[name.toLowerCase(), typeof value === 'string' ? value : [...values]]]
    return []
  })
  return Object.fromEntries(headers)
}

function timeoutIn(settings: Settings): number | undefined {
  const text = settings.text('dial_timeout')
  if (text === undefined || text === '') return undefined
  const milliseconds = goDuration(text)
  if (milliseconds === undefined) settings.refuse('dial_timeout', 'expected a duration, such as "1s"')
  return milliseconds
}

/** @see containerd, docs/hosts.md, "proxy field" */
function proxyIn(settings: Settings): string | undefined {
  const text = settings.text('proxy')
  if (text === undefined || text === '') return undefined
  const protocol = URL.canParse(text) ? new URL(text).protocol : undefined
  if (protocol !== undefined && ['http:', 'https:'].includes(protocol)) return text
  settings.refuse('proxy', protocol === undefined ? 'expected a URL' : `proxies of ${protocol} are not supported here`)
  return undefined
}
