import type { Reference } from '../../oci/reference.ts'

/** How to connect to one host, where a file of the runtime says so. Holds secrets: it must not be printed. */
export interface HostSettings {
  /** The place that says so, such as `hosts.toml:3`. Two with the same place are the same. */
  readonly place: string
  /** PEM of further certificate authorities. */
  readonly ca?: string | undefined
  /** Client certificates and their keys, PEM. */
  readonly client?: { readonly cert: readonly string[]; readonly key: readonly string[] } | undefined
  readonly skipsVerification?: boolean | undefined
  /** Sent to this host alone. Secret. */
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
  /** Milliseconds. */
  readonly connectTimeout?: number | undefined
  /** The URL of a proxy, in place of those that the environment names. */
  readonly proxy?: string | undefined
}

/** One place from which a container runtime would pull an image. */
export interface PullSource {
  /** The URL of the API without `v2/`, or all of it if `isWholePath`. Safe to print. */
  readonly url: string
  /** The name of the image there. */
  readonly repository: string
  /** The registry that is named with `?ns=`, if it is asked for copies of another one. */
  readonly namespace?: string | undefined
  /** Nothing comes between the URL and the name of the image, not even `v2/`. */
  readonly isWholePath?: boolean
  /** Whether it may say which digest a tag is. */
  readonly mayResolve: boolean
  /** The host that the reference names: it gets the credentials for that. */
  readonly isRegistry: boolean
  /** It may speak plain HTTP in place of TLS. */
  readonly mayBePlain?: boolean
  readonly settings?: HostSettings | undefined
}

/** A setting whose effect we cannot know. */
export interface UnknownSetting {
  readonly place: string
  readonly what: string
}

/** From where a runtime would pull an image. */
export type PullRoute =
  | {
      readonly is: 'sources'
      /** In the order in which they are tried. Never empty. */
      readonly sources: readonly PullSource[]
      /** The first that has the manifest serves all of the image. Else each request goes from one to the next. */
      readonly isOneForAll: boolean
      readonly unknown: readonly UnknownSetting[]
    }
  /** The runtime refuses to pull it. @property by with its place */
  | { readonly is: 'blocked'; readonly by: string }
  /** Which image a short name means cannot be known. */
  | { readonly is: 'unresolved'; readonly because: string }

/** Decides from where an image is pulled. `undefined`: from its registry. */
export type RouteOf = (reference: Reference) => PullRoute | undefined

/** The registry that a reference names, as a source. */
export function registryOf({ origin, repository, mayBePlain }: Reference, settings?: HostSettings): PullSource {
  return {
    url: origin,
    repository,
    mayResolve: true,
    isRegistry: true,
    ...(mayBePlain === true && { mayBePlain }),
    ...(settings && { settings }),
  }
}

const HUB_REGISTRY = 'registry-1.docker.io'

/** The host of a reference as runtimes name it: `docker.io`, `registry.example.com:5000`. */
export function namespaceOf({ origin, name }: Reference): string {
  const { host } = new URL(origin)
  return host === HUB_REGISTRY ? 'docker.io' : (name.split('/')[0] ?? host)
}
