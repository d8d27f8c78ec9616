import { mayHoldPassword } from '../../oci/redact.ts'
import { hostNamed } from '../check/host-depths.ts'
import type { OptionValues } from '../options/option-values.ts'
import { quoted } from '../options/passwords.ts'
import { type RouteOf, registryOf } from './pull-source.ts'

/** The mirrors of a registry, in the order in which they are asked. */
export interface Mirrors {
  /** As references name it: `docker.io`. */
  readonly registry: string
  /** Origins, with a path if the mirror has one. */
  readonly urls: readonly string[]
}

/** By the host of the registry, as `URL.host` writes it. */
export type MirrorsByHost = ReadonlyMap<string, Mirrors>

/** Reads `--mirror REGISTRY=URL`. A registry may have several mirrors. */
export function readMirrors(texts: readonly string[], values: OptionValues): MirrorsByHost {
  const mirrors = new Map<string, Mirrors>()
  for (const text of texts) {
    const { name = '', url = '' } = /^(?<name>[^=/]+)=(?<url>.+)$/s.exec(text)?.groups ?? {}
    const host = hostNamed(name)
    if (host === undefined || !isMirrorUrl(url)) {
      values.problems.push(
        `--mirror: expected REGISTRY=URL, such as docker.io=https://mirror.example.com, not ${quoted(text)}`,
      )
      continue
    }
    const known = mirrors.get(host)?.urls ?? []
    mirrors.set(host, { registry: host === DOCKER_HUB ? 'docker.io' : host, urls: [...new Set([...known, url])] })
  }
  return mirrors
}

const DOCKER_HUB = 'registry-1.docker.io'

function isMirrorUrl(text: string): boolean {
  if (!URL.canParse(text) || mayHoldPassword(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return ['http:', 'https:'].includes(protocol) && [username, password, search, hash].every((part) => part === '')
}

/** Asks the mirrors of a registry first, as containerd does. */
export function throughMirrors(mirrors: MirrorsByHost): RouteOf {
  return (reference) => {
    const found = mirrors.get(new URL(reference.origin).host)
    if (found === undefined) return undefined
    const { urls, registry: namespace } = found
    const { repository } = reference
    const sources = urls.map((url) => ({ url, repository, namespace, mayResolve: true, isRegistry: false }))
    return { is: 'sources', sources: [...sources, registryOf(reference)], isOneForAll: false, unknown: [] }
  }
}
