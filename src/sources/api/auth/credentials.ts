import type { Environment } from '../environment.ts'
import {
  CredentialError,
  type DockerConfig,
  dockerConfigs,
  isJsonFields,
  type JsonFields,
  textIn,
} from './docker-config.ts'

/** A credential for one registry. Sent to that registry and its token server only; never printed. `from` names its place. */
export type Secret =
  | { readonly is: 'basic'; readonly username: string; readonly password: string; readonly from: string }
  | { readonly is: 'identity-token'; readonly token: string; readonly from: string }
  /** A token that is sent as it is. The file is read for each request, because such files rotate. */
  | { readonly is: 'token-file'; readonly from: string }

/** What the docker config says about a registry. */
export type Credential =
  | Secret
  /** A program that is run when the credential is first needed. */
  | CredentialHelper
  /** There is one that is not used. */
  | { readonly is: 'withheld'; readonly why: string }

/** A docker credential helper. */
export interface CredentialHelper {
  readonly is: 'helper'
  /** `pass` for `docker-credential-pass`; not validated yet. */
  readonly name: string
  /** The host to ask for: a URL for Docker Hub. */
  readonly host: string
  readonly from: string
  /** The whole environment, as docker passes it on. */
  readonly env: Environment
  /** Used if the helper has no credential for the host. */
  readonly otherwise: Exclude<Credential, CredentialHelper> | undefined
}

/** What a credential is needed for. */
export interface CredentialScope {
  /** `registry.example.com` or `registry.example.com:5000`. */
  readonly host: string
  /** Left out: the whole host. */
  readonly repository?: string | undefined
}

/**
 * The credential of the docker configs for exactly this host and port. Of keys for a part of the host, such as
 * `registry.example.com/team`, the longest that contains the repository wins, before that of the host.
 *
 * @param helpers whether credential helpers may be run
 * @returns `undefined` if no config mentions the host
 * @throws {CredentialError} if a config cannot be read
 * @see CVE-2024-35192: a similar host must get nothing
 * @see containers-auth.json(5), "Format"
 */
export function credentialFor(wanted: CredentialScope, env: Environment, helpers = false): Credential | undefined {
  const { host } = wanted
  let withheld: Exclude<Credential, CredentialHelper> | undefined
  let helper: CredentialHelper | undefined
  for (const config of dockerConfigs(env)) {
    const name = helperNameFor(config.config, host)
    const from = name === undefined ? '' : `the credential helper ${JSON.stringify(name)} (${config.file})`
    if (name !== undefined && helpers)
      helper ??= {
        is: 'helper',
        name,
        host: isDockerHub(host) ? HUB_HELPER_HOST : host,
        from,
        env,
        otherwise: undefined,
      }
    const keys = authKeysFor(config, host)
    const secret = secretIn(config, keys, wanted)
    if (secret !== undefined) return helper === undefined ? secret : { ...helper, otherwise: secret }
    if (name !== undefined && !helpers)
      withheld ??= { is: 'withheld', why: `it may be in ${from}: use --credential-helpers to run it` }
    const narrower = keys.find(({ path }) => path !== '')
    if (narrower !== undefined)
      withheld ??= { is: 'withheld', why: `that of ${config.file} for ${narrower.key} is not for ${scopeText(wanted)}` }
  }
  return helper === undefined ? withheld : { ...helper, otherwise: withheld }
}

/** The credential in one docker config for exactly this host and port. @throws {CredentialError} */
export function secretInConfig(config: DockerConfig, wanted: CredentialScope): Secret | undefined {
  return secretIn(config, authKeysFor(config, wanted.host), wanted)
}

function scopeText({ repository }: CredentialScope): string {
  return repository === undefined ? 'the whole host' : repository
}

/** Every name of Docker Hub. `docker login` stores it under one that serves no registry. */
const DOCKER_HUB: readonly string[] = ['registry-1.docker.io', 'index.docker.io', 'docker.io']
const HUB_HELPER_HOST = 'https://index.docker.io/v1/'

function isDockerHub(host: string): boolean {
  return DOCKER_HUB.includes(host)
}

function namesOf(host: string): readonly string[] {
  return isDockerHub(host) ? [host, ...DOCKER_HUB.filter((name) => name !== host)] : [host]
}

/** A key of `auths` for a host or a part of it. */
interface AuthKey {
  readonly key: string
  /** The part of the host, such as `team`; empty for all of it. */
  readonly path: string
}

/** Keys that are exactly the host's name come first, whatever their order in the file. */
function authKeysFor({ config }: DockerConfig, host: string): readonly AuthKey[] {
  const names = namesOf(host)
  const keys = Object.keys(recordIn(config, 'auths')).flatMap((key) => {
    const { place = '', path = '' } = KEY.exec(key)?.groups ?? {}
    // Host names ignore case. Old clients wrote `https://host/v1/`.
    return names.includes(place.toLowerCase()) ? [{ key, path: path.replace(/^v[12]$/, '') }] : []
  })
  const rank = ({ key }: AuthKey): number => {
    const n = names.findIndex((name) => key === name || key.startsWith(`${name}/`))
    return n < 0 ? names.length : n
  }
  return keys.sort((a, b) => rank(a) - rank(b))
}

const KEY = /^(?:https?:\/\/)?(?<place>[^/]+)(?:\/(?<path>.*?)\/?)?$/s

function secretIn(
  { file, config }: DockerConfig,
  keys: readonly AuthKey[],
  { repository }: CredentialScope,
): Secret | undefined {
  const auths = recordIn(config, 'auths')
  const contains = ({ path }: AuthKey): boolean =>
    path === '' || (repository !== undefined && `${repository}/`.startsWith(`${path}/`))
  // The sort is stable: of two paths of the same length, the exact name stays first.
  for (const { key } of keys.filter(contains).sort((a, b) => b.path.length - a.path.length)) {
    const entry = auths[key]
    const secret = isJsonFields(entry) ? secretOf(entry, `${file}, ${key}`) : undefined
    if (secret !== undefined) return secret
  }
  return undefined
}

/** The helper of the host, or else the general one. An empty name switches the general one off, as in docker. */
function helperNameFor(config: JsonFields, host: string): string | undefined {
  const helpers = recordIn(config, 'credHelpers')
  const names = [...namesOf(host), ...(isDockerHub(host) ? [HUB_HELPER_HOST] : [])]
  const own = Object.keys(helpers).find((key) => names.includes(key.toLowerCase()))
  return own === undefined ? textIn(config, 'credsStore') : textIn(helpers, own)
}

function recordIn(config: JsonFields, name: string): JsonFields {
  const value = config[name]
  return isJsonFields(value) ? value : {}
}

function secretOf(entry: JsonFields, from: string): Secret | undefined {
  const identity = textIn(entry, 'identitytoken')
  if (identity !== undefined) return { is: 'identity-token', token: identity, from }
  const auth = textIn(entry, 'auth')
  if (auth !== undefined) {
    const decoded = Buffer.from(auth, 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    if (colon < 0) throw new CredentialError(`${from}: "auth" is not base64 of user:password`)
    // Docker pads some passwords with zero bytes.
    const password = decoded.slice(colon + 1).replace(/\0+$/, '')
    return { is: 'basic', username: decoded.slice(0, colon), password, from }
  }
  const username = textIn(entry, 'username')
  const password = textIn(entry, 'password')
  return username !== undefined && password !== undefined ? { is: 'basic', username, password, from } : undefined
}
