import { isDigest } from './digest.ts'
import { InputError } from './input-error.ts'
import { isRepositoryName, isTagName } from './names.ts'

/** An image as people write it. */
export interface Reference {
  /** Where its registry is asked, such as `https://registry.example.com`. */
  readonly origin: string
  /** As it was written, without tag and digest: what a pull of it would start with. */
  readonly name: string
  readonly repository: string
  /** The digest where there is one: it says more than the tag. */
  readonly wanted: string
}

const DOCKER_HUB = 'docker.io'
/** The host that serves it. */
const DOCKER_HUB_REGISTRY = 'registry-1.docker.io'

/**
 * Read `[http://]host[:port]/name[:tag][@digest]`. A name without a host means Docker Hub, as everywhere.
 *
 * @throws {InputError} `REFERENCE_INVALID`, saying which part is wrong
 * @see distribution/reference: the first part is a host where it holds a dot or a colon, or is `localhost`
 */
export function parseReference(text: string): Reference {
  const { scheme, rest = '' } = /^(?<scheme>https?:\/\/)?(?<rest>.*)$/s.exec(text)?.groups ?? {}
  const at = rest.indexOf('@')
  const digest = at < 0 ? undefined : rest.slice(at + 1)
  const tagged = at < 0 ? rest : rest.slice(0, at)
  const colon = tagged.lastIndexOf(':')
  const tag = colon > tagged.lastIndexOf('/') ? tagged.slice(colon + 1) : undefined
  const name = tag === undefined ? tagged : tagged.slice(0, colon)
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isHost = first === 'localhost' || /[.:]/.test(first) || scheme !== undefined
  const host = isHost ? first : DOCKER_HUB
  const path = isHost ? name.slice(slash + 1) : name
  const repository = host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path
  const refuse = (what: string): InputError =>
    new InputError(`${JSON.stringify(text.slice(0, 300))} is no image reference: ${what}`, {
      code: 'REFERENCE_INVALID',
    })
  if (digest !== undefined && !isDigest(digest)) throw refuse('what follows the @ is no digest')
  if (tag !== undefined && !isTagName(tag)) throw refuse('what follows the last colon is no tag')
  if (!isRepositoryName(repository)) throw refuse('its name breaks the grammar (lower case, digits, - _ . and /)')
  if (!HOST.test(host)) throw refuse('its host is none')
  const origin = `${scheme ?? 'https://'}${host === DOCKER_HUB ? DOCKER_HUB_REGISTRY : host}`
  return { origin, name, repository, wanted: digest ?? tag ?? 'latest' }
}

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::\d{1,5})?$/
