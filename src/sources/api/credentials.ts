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

/**
 * What the docker config says about exactly this host and port.
 *
 * @param host `registry.example.com` or `registry.example.com:5000`
 * @param helpers whether credential helpers may be run
 * @returns `undefined` where there is no config or it says nothing about the host
 * @throws {CredentialError} where there is a config that cannot be read
 * @see CVE-2024-35192 for why a look-alike host must get nothing
 */
export function credentialFor(host: string, env: Environment, helpers = false): Credential | undefined {
  let withheld: Exclude<Credential, CredentialHelper> | undefined
  let helper: CredentialHelper | undefined
  for (const config of dockerConfigs(env)) {
    const name = helperIn(config.config, host)
    const from = name === undefined ? '' : `the credential helper ${JSON.stringify(name)} (${config.file})`
    if (name !== undefined && helpers)
      helper ??= { is: 'helper', name, host: HELPERS_NAME.get(host) ?? host, from, env, otherwise: undefined }
    const secret = secretIn(config, host)
    if (secret !== undefined) return helper === undefined ? secret : { ...helper, otherwise: secret }
    if (name !== undefined && !helpers)
      withheld ??= { is: 'withheld', why: `it may be in ${from}: give --credential-helpers to run it` }
    const narrower = narrowerKeyIn(config, host)
    if (narrower !== undefined)
      withheld ??= { is: 'withheld', why: `that of ${config.file} for ${narrower} is not for the whole host` }
  }
  return helper === undefined ? withheld : { ...helper, otherwise: withheld }
}

/** `docker login` writes down Docker Hub under a name at which no registry answers. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['registry-1.docker.io', ['index.docker.io', 'docker.io']],
])
const HELPERS_NAME: ReadonlyMap<string, string> = new Map([['registry-1.docker.io', 'https://index.docker.io/v1/']])

function namesOf(host: string): readonly string[] {
  return [host, ...(OTHER_NAMES.get(host) ?? [])]
}

/** A key that is the host's very name goes before one that only leads to it, wherever they stand. */
function secretIn({ file, config }: DockerConfig, host: string): Secret | undefined {
  const auths = recordIn(config, 'auths')
  const names = namesOf(host)
  const older = Object.keys(auths).filter((key) => !names.includes(key) && names.includes(hostOf(key) ?? ''))
  for (const key of [...names, ...older]) {
    const entry = Object.hasOwn(auths, key) ? auths[key] : undefined
    const secret = isFields(entry) ? secretOf(entry, `${file}, ${key}`) : undefined
    if (secret !== undefined) return secret
  }
  return undefined
}

/** Keys are hosts; old clients wrote `https://host/v1/`. Any other path means less than the whole host. */
function hostOf(key: string): string | undefined {
  return /^(?:https?:\/\/)?([^/]+)(?:\/|\/v[12]\/?)?$/.exec(key)?.[1]
}

/** Podman and Kubernetes know keys for a part of a host, `host/namespace`; a scan covers more than that. */
function narrowerKeyIn({ config }: DockerConfig, host: string): string | undefined {
  const names = namesOf(host)
  return Object.keys(recordIn(config, 'auths')).find(
    (key) => hostOf(key) === undefined && names.includes(key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '')),
  )
}

/** The host's own helper, or the one for every host. */
function helperIn(config: Fields, host: string): string | undefined {
  const helpers = recordIn(config, 'credHelpers')
  const own = [...namesOf(host), HELPERS_NAME.get(host) ?? host].find((name) => Object.hasOwn(helpers, name))
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
