import { placeText } from '../../check/findings/phrases.ts'
import { TargetError } from '../../check/source.ts'
import type { Reference } from '../../oci/reference.ts'
import type { PullSecret } from '../../references/kubernetes/pull-secret.ts'
import type { ImageReference } from '../../references/reference.ts'
import { type Secret, secretInConfig } from '../../sources/api/auth/credentials.ts'
import { CredentialError, fieldsIn, isJsonFields, type JsonFields } from '../../sources/api/auth/docker-config.ts'

/** The pull secrets among the documents, as the kubelet uses them. Nothing here prints what is in one. */
export class PullSecrets {
  readonly #secrets: ReadonlyMap<string, PullSecret>
  readonly #configs = new Map<PullSecret, JsonFields>()

  constructor(secrets: readonly PullSecret[]) {
    this.#secrets = new Map(secrets.map((secret) => [secret.name, secret]))
  }

  /**
   * The credential of the first of these secrets that has one for the image. `undefined`: that of the machine is used.
   *
   * @see Kubernetes, "Images", "Interpretation of config.json"
   * @throws {TargetError} if a secret cannot be read
   */
  credentialFor({ origin, repository }: Reference, names: readonly string[]): Secret | undefined {
    const { host, port, protocol } = new URL(origin)
    // A URL drops the default port; a secret may name it.
    const hosts = port === '' ? [host, `${host}:${protocol === 'https:' ? 443 : 80}`] : [host]
    for (const name of names) {
      const secret = this.#secrets.get(name)
      if (secret === undefined) continue
      const config = this.#configs.get(secret) ?? configOf(secret)
      this.#configs.set(secret, config)
      for (const one of hosts) {
        const found = readIn({ file: placeOf(secret), config: forHost(config, one) }, { host: one, repository })
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  /** A text that differs if uses of an image have different credentials. Secret. */
  identityOf(reference: Reference, { pullSecrets = [] }: ImageReference): string {
    try {
      const found = this.credentialFor(reference, pullSecrets)
      return found === undefined ? '' : JSON.stringify({ ...found, from: '' })
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
      return error.message
    }
  }

  /** A sentence for each secret that is named and not there, with its first use. */
  missing(images: readonly ImageReference[]): readonly string[] {
    const sentences = new Map<string, string>()
    for (const { pullSecrets = [], place, usedBy } of images)
      for (const name of pullSecrets) {
        if (this.#secrets.has(name) || sentences.has(name)) continue
        const first = `${placeText(place)}: ${usedBy}`
        sentences.set(name, `${first}: its pull secret ${name} is not among the documents and was not used`)
      }
    return [...sentences.values()]
  }
}

function placeOf({ name }: PullSecret): string {
  return `the pull secret ${name}`
}

/** A docker config: with `auths`, as credentials are looked up in one. */
function configOf(secret: PullSecret): JsonFields {
  const { format, encoding, content } = secret
  const text = encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content
  const fields = fieldsIn(text)
  if (fields === undefined)
    throw new TargetError(`${placeOf(secret)} cannot be used: its ${format} is not a JSON object`, {
      because: 'unauthorized',
    })
  return format === '.dockercfg' ? { auths: fields } : fields
}

function readIn(...args: Parameters<typeof secretInConfig>): Secret | undefined {
  try {
    return secretInConfig(...args)
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    throw new TargetError(error.message, { cause: error, because: 'unauthorized' })
  }
}

/** Keys with wildcards that match a host become that host; a key that names it wins. */
function forHost({ auths }: JsonFields, host: string): JsonFields {
  if (!isJsonFields(auths)) return {}
  const entries = Object.entries(auths).map(([key, entry]) => ({ key: withoutWildcard(key, host), entry, was: key }))
  const isWild = ({ key, was }: { readonly key: string; readonly was: string }): number => (key === was ? 1 : 0)
  return {
    auths: Object.fromEntries(entries.sort((a, b) => isWild(a) - isWild(b)).map(({ key, entry }) => [key, entry])),
  }
}

/** `*.example.com/team` as `registry.example.com/team`. An asterisk stands for any text within one part of a name. */
function withoutWildcard(key: string, host: string): string {
  const { place = '', path = '' } = /^(?:https?:\/\/)?(?<place>[^/]+)(?<path>\/.*)?$/s.exec(key)?.groups ?? {}
  if (!place.includes('*')) return key
  const parts = place.toLowerCase().split('.')
  const wanted = host.split('.')
  const isMatch = parts.length === wanted.length && parts.every((part, n) => matches(part, wanted[n] ?? ''))
  return isMatch ? `${host}${path}` : key
}

function matches(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  if (others.length === 0) return first === text
  const last = others.pop() ?? ''
  let rest = text.startsWith(first) && text.length >= first.length + last.length ? text.slice(first.length) : undefined
  if (rest === undefined || !rest.endsWith(last)) return false
  rest = rest.slice(0, rest.length - last.length)
  for (const middle of others) {
    const at = rest.indexOf(middle)
    if (at < 0) return false
    rest = rest.slice(at + middle.length)
  }
  return true
}
