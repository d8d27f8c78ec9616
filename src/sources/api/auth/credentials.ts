import {
  CredentialError,
  type DockerConfig,
  dockerConfigs,
  type Environment,
  type Fields,
  isFields,
  textIn,
} from './docker-config.ts'

/** What a registry is told about who asks. Its values never leave this room but to that registry. */
export type Secret =
  | { readonly is: 'basic'; readonly username: string; readonly password: string; readonly from: string }
  | { readonly is: 'identity-token'; readonly token: string; readonly from: string }
  /** Sent as it is; the file is read anew for each use, because such files rotate. */
  | { readonly is: 'token-file'; readonly from: string }

/** What is known before the registry is asked. */
export type Credential =
  | Secret
  /** A program knows it, and is run when the registry wants to know. */
  | CredentialHelper
  /** There may be one, and it is not used. */
  | { readonly is: 'withheld'; readonly why: string }

export interface CredentialHelper {
  readonly is: 'helper'
  /** `pass` for `docker-credential-pass`; not yet checked. */
  readonly name: string
  /** What it is asked for. */
  readonly host: string
  readonly from: string
  /** Docker hands on all of it. */
  readonly env: Environment
  /** For when it knows nothing of the host. */
  readonly otherwise: Exclude<Credential, CredentialHelper> | undefined
}

/** Of what a credential is wanted. */
export interface Wanted {
  /** `registry.example.com` or `registry.example.com:5000`. */
  readonly host: string
  /** The one repository that it is for; left out: the whole host. */
  readonly repository?: string | undefined
}

/**
 * What the docker config says about exactly this host and port. Of keys for a part of the host, such as
 * `registry.example.com/team`, the longest one that holds the repository counts, before that of the host.
 *
 * @param helpers whether credential helpers may be run
 * @returns `undefined` where there is no config or it says nothing about the host
 * @throws {CredentialError} where there is a config that cannot be read
 * @see CVE-2024-35192 for why a look-alike host must get nothing
 * @see containers-auth.json(5), "Format"
 */
export function credentialFor(wanted: Wanted, env: Environment, helpers = false): Credential | undefined {
  const { host } = wanted
  let withheld: Exclude<Credential, CredentialHelper> | undefined
  let helper: CredentialHelper | undefined
  for (const config of dockerConfigs(env)) {
    const name = helperIn(config.config, host)
    const from = name === undefined ? '' : `the credential helper ${JSON.stringify(name)} (${config.file})`
    if (name !== undefined && helpers)
      helper ??= { is: 'helper', name, host: isDockerHub(host) ? HELPERS_NAME : host, from, env, otherwise: undefined }
    const keys = keysIn(config, host)
    const secret = secretIn(config, keys, wanted)
    if (secret !== undefined) return helper === undefined ? secret : { ...helper, otherwise: secret }
    if (name !== undefined && !helpers)
      withheld ??= { is: 'withheld', why: `it may be in ${from}: use --credential-helpers to run it` }
    const narrower = keys.find(({ path }) => path !== '')
    if (narrower !== undefined)
      withheld ??= { is: 'withheld', why: `that of ${config.file} for ${narrower.key} is not for ${partOf(wanted)}` }
  }
  return helper === undefined ? withheld : { ...helper, otherwise: withheld }
}

function partOf({ repository }: Wanted): string {
  return repository === undefined ? 'the whole host' : repository
}

/** Every name of Docker Hub. `docker login` writes it down under one at which no registry answers. */
const DOCKER_HUB: readonly string[] = ['registry-1.docker.io', 'index.docker.io', 'docker.io']
const HELPERS_NAME = 'https://index.docker.io/v1/'

function isDockerHub(host: string): boolean {
  return DOCKER_HUB.includes(host)
}

function namesOf(host: string): readonly string[] {
  return isDockerHub(host) ? [host, ...DOCKER_HUB.filter((name) => name !== host)] : [host]
}

/** A key of `auths` that is about a host or a part of it. */
interface Key {
  readonly key: string
  /** The part of the host, such as `team`; empty for all of it. */
  readonly path: string
}

/** A key that is the host's very name goes before one that only leads to it, wherever they stand. */
function keysIn({ config }: DockerConfig, host: string): readonly Key[] {
  const names = namesOf(host)
  const keys = Object.keys(recordIn(config, 'auths')).flatMap((key) => {
    const { place = '', path = '' } = KEY.exec(key)?.groups ?? {}
    // Hosts know no capitals, and old clients wrote `https://host/v1/`.
    return names.includes(place.toLowerCase()) ? [{ key, path: path.replace(/^v[12]$/, '') }] : []
  })
  const rank = ({ key }: Key): number => {
    const n = names.findIndex((name) => key === name || key.startsWith(`${name}/`))
    return n < 0 ? names.length : n
  }
  return keys.sort((a, b) => rank(a) - rank(b))
}

const KEY = /^(?:https?:\/\/)?(?<place>[^/]+)(?:\/(?<path>.*?)\/?)?$/s

function secretIn({ file, config }: DockerConfig, keys: readonly Key[], { repository }: Wanted): Secret | undefined {
  const auths = recordIn(config, 'auths')
  const holds = ({ path }: Key): boolean =>
    path === '' || (repository !== undefined && `${repository}/`.startsWith(`${path}/`))
  // The sort is stable: of two that are as long, the better name stays first.
  for (const { key } of keys.filter(holds).sort((a, b) => b.path.length - a.path.length)) {
    const entry = auths[key]
    const secret = isFields(entry) ? secretOf(entry, `${file}, ${key}`) : undefined
    if (secret !== undefined) return secret
  }
  return undefined
}

/** The host's own helper, or the one for every host. */
function helperIn(config: Fields, host: string): string | undefined {
  const helpers = recordIn(config, 'credHelpers')
  const names = [...namesOf(host), ...(isDockerHub(host) ? [HELPERS_NAME] : [])]
  const own = Object.keys(helpers).find((key) => names.includes(key.toLowerCase()))
  // As docker reads it: an empty name switches the general one off for this host.
  return own === undefined ? textIn(config, 'credsStore') : textIn(helpers, own)
}

function recordIn(config: Fields, name: string): Fields {
  const value = config[name]
  return isFields(value) ? value : {}
}

function secretOf(entry: Fields, from: string): Secret | undefined {
  const identity = textIn(entry, 'identitytoken')
  if (identity !== undefined) return { is: 'identity-token', token: identity, from }
  const auth = textIn(entry, 'auth')
  if (auth !== undefined) {
    const decoded = Buffer.from(auth, 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    if (colon < 0) throw new CredentialError(`${from}: "auth" is not base64 of user:password`)
    // Docker pads some of them with zero bytes.
    const password = decoded.slice(colon + 1).replace(/\0+$/, '')
    return { is: 'basic', username: decoded.slice(0, colon), password, from }
  }
  const username = textIn(entry, 'username')
  const password = textIn(entry, 'password')
  return username !== undefined && password !== undefined ? { is: 'basic', username, password, from } : undefined
}
