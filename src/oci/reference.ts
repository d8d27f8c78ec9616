import { isDigest } from './digest.ts'
import { InputError } from './input-error.ts'
import { isRepositoryName, isTagName } from './names.ts'
import { mayHoldPassword, redact } from './redact.ts'

/** A reference to an image. */
export interface Reference {
  /** The URL of its registry, such as `https://registry.example.com`. */
  readonly origin: string
  /** As written, without tag and digest: the beginning of a pull reference. */
  readonly name: string
  readonly repository: string
  /** A loopback host without a scheme: it may use plain HTTP. */
  readonly mayBePlain?: boolean
  /** The digest if there is one, else the tag. */
  readonly wanted: string
}

const DOCKER_HUB = 'docker.io'
/** All names of Docker Hub in references. */
const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set([DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'])
/** The host of Docker Hub's API. */
const DOCKER_HUB_REGISTRY = 'registry-1.docker.io'
/** Characters of a reference that an error quotes. */
const SHOWN = 300

/**
 * Reads `[http://]host[:port]/name[:tag][@digest]`. A name without a host is on Docker Hub.
 *
 * @throws {InputError} `REFERENCE_INVALID`, saying which part is wrong; it never repeats a password
 * @see distribution/reference: the first part is a host if it has a dot or a colon, or is `localhost`
 */
export function parseReference(text: string): Reference {
  const refuse = (what: string): InputError =>
    new InputError(`${JSON.stringify(redact(text).slice(0, SHOWN))} is not an image reference: ${what}`, {
      code: 'REFERENCE_INVALID',
    })
  const { scheme, rest = '' } = /^(?<scheme>[a-z][a-z0-9+.-]*:\/\/)?(?<rest>.*)$/is.exec(text)?.groups ?? {}
  if (scheme !== undefined && !/^https?:/i.test(scheme))
    throw refuse(`it must not begin with ${scheme}; write HOST[:PORT]/NAME[:TAG]`)
  if (mayHoldPassword(text))
    throw refuse(
      'it must not contain a user name or password (run docker login), and what follows an @ must be a digest',
    )
  const at = rest.indexOf('@')
  const digest = at < 0 ? undefined : rest.slice(at + 1)
  const tagged = at < 0 ? rest : rest.slice(0, at)
  const colon = tagged.lastIndexOf(':')
  const tag = colon > tagged.lastIndexOf('/') ? tagged.slice(colon + 1) : undefined
  const name = tag === undefined ? tagged : tagged.slice(0, colon)
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isHost = first === 'localhost' || /[.:]/.test(first) || scheme !== undefined
  if (scheme !== undefined && slash < 0) throw refuse(`the name is missing; write ${scheme}HOST[:PORT]/NAME[:TAG]`)
  const host = !isHost || DOCKER_HUB_NAMES.has(first.toLowerCase()) ? DOCKER_HUB : first
  const path = isHost ? name.slice(slash + 1) : name
  const repository = host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path
  if (digest !== undefined && !isDigest(digest)) throw refuse('what follows the @ is not a digest')
  if (tag !== undefined && !isTagName(tag)) throw refuse('what follows the last colon is not a tag')
  const origin = `${scheme?.toLowerCase() ?? 'https://'}${host === DOCKER_HUB ? DOCKER_HUB_REGISTRY : host}`
  const wrong = hostProblem(host, origin)
  if (wrong !== undefined) throw refuse(wrong)
  if (!isRepositoryName(repository)) throw refuse('its name breaks the grammar (lower case, digits, - _ . and /)')
  const isOpen = scheme === undefined && isLoopback(new URL(origin).hostname)
  return { origin, name, repository, wanted: digest ?? tag ?? 'latest', ...(isOpen ? { mayBePlain: true } : {}) }
}

/** What is wrong with a host and its port. Some hosts match the grammar but are not valid in a URL, which would crash later. */
function hostProblem(host: string, origin: string): string | undefined {
  const port = /:(?<port>[^:\]]*)$/.exec(host)?.groups?.['port']
  if (port !== undefined && !isPort(port)) return 'its port must be a number from 1 to 65535'
  if (HOST.test(host) && URL.canParse(origin)) return undefined
  return 'its host is neither a name nor an IP address; write HOST[:PORT]/NAME[:TAG], an IPv6 address in brackets'
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= HIGHEST_PORT
}

const HIGHEST_PORT = 65_535
const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:.]+\])(?::\d{1,5})?$/

/** `localhost`, 127.0.0.0/8 and ::1, as in docker and crane. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
