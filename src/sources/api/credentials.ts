import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What a registry is told about who asks. Its values never leave this room but to that registry. */
export type Credential =
  | { readonly is: 'basic'; readonly username: string; readonly password: string; readonly from: string }
  | { readonly is: 'identity-token'; readonly token: string; readonly from: string }
  /** Sent as it is; the file is read anew for each use, because such files rotate. */
  | { readonly is: 'token-file'; readonly from: string }

export class CredentialError extends Error {}

/**
 * What the docker config says about exactly this host and port.
 *
 * @param host `registry.example.com` or `registry.example.com:5000`
 * @returns `undefined` where there is no config or it says nothing about the host
 * @throws {CredentialError} where there is a config that cannot be read
 * @see CVE-2024-35192 for why a look-alike host must get nothing
 */
export function credentialFor(host: string, env: Readonly<Record<string, string | undefined>>): Credential | undefined {
  const names = [host, ...(OTHER_NAMES.get(host) ?? [])]
  for (const file of configFiles(env)) {
    const config = readConfig(file)
    if (config === undefined) continue
    const auths = config['auths']
    if (!isRecord(auths)) return undefined
    for (const [key, entry] of Object.entries(auths))
      if (names.includes(hostOf(key)) && isRecord(entry)) return credentialIn(entry, `${file}, ${key}`)
    return undefined
  }
  return undefined
}

/** `docker login` writes down Docker Hub under a name at which no registry answers. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['registry-1.docker.io', ['index.docker.io', 'docker.io']],
])

function configFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  const { REGISTRY_AUTH_FILE: file, DOCKER_CONFIG: directory } = env
  if (file) return [file]
  if (directory) return [join(directory, 'config.json'), join(directory, '.dockerconfigjson')]
  return [join(env['HOME'] ?? homedir(), '.docker', 'config.json')]
}

function readConfig(file: string): Readonly<Record<string, unknown>> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw new CredentialError(`cannot read ${file}: ${error instanceof Error ? error.message : ''}`)
  }
  // The parser's own words would quote the file.
  const config = parsed(text)
  if (!isRecord(config)) throw new CredentialError(`${file} is not a docker config: expected a JSON object`)
  return config
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Keys are hosts; old clients wrote `https://host/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

function credentialIn(entry: Readonly<Record<string, unknown>>, from: string): Credential | undefined {
  const text = (name: string): string | undefined => {
    const value = entry[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const identity = text('identitytoken')
  if (identity !== undefined) return { is: 'identity-token', token: identity, from }
  const auth = text('auth')
  if (auth !== undefined) {
    const decoded = Buffer.from(auth, 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    if (colon < 0) throw new CredentialError(`${from}: "auth" is not base64 of user:password`)
    // Docker pads some of them with zero bytes.
    const password = decoded.slice(colon + 1).replace(/\0+$/, '')
    return { is: 'basic', username: decoded.slice(0, colon), password, from }
  }
  const username = text('username')
  const password = text('password')
  return username !== undefined && password !== undefined ? { is: 'basic', username, password, from } : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
