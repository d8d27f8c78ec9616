import { existsSync } from 'node:fs'
import { mayHoldPassword, passwordPart, redact } from '../../oci/redact.ts'

const URL_TARGET = /^[a-z0-9+.-]+:\/\//i
/** What looks like `HOST:PORT` or `localhost`, with or without a prefix. */
const HOST_TARGET = /^(?:localhost(?::\d{1,5})?|(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\]):\d{1,5})(?:\/[\w./-]*)?$/i
const EXPECTED = 'expected https://HOST[:PORT][/PREFIX]'
const NO_PASSWORD = 'a target URL must not carry a user name or password (put them into the docker config)'

/** Whether a target is asked over the network. */
export function isUrl(target: string): boolean {
  return URL_TARGET.test(target)
}

/** What is wrong with the URL of a registry. It never repeats what may be a password. */
export function registryUrlProblem(target: string): string | undefined {
  // Before anything is parsed: a password with a slash in it passes for a path.
  if (mayHoldPassword(target)) return `${NO_PASSWORD}: ${EXPECTED}`
  const problem = (why: string): string => `${JSON.stringify(redact(target))} ${why}: ${EXPECTED}`
  if (!URL.canParse(target)) return problem('is not a URL')
  const { protocol, search, hash } = new URL(target)
  if (!['http:', 'https:'].includes(protocol)) return problem('cannot be scanned')
  return search !== '' || hash !== '' ? problem('has a query or a fragment') : undefined
}

/** A URL without its scheme passes for a path. Where there is none of that name, its password must not be repeated. */
export function pathProblem(target: string): string | undefined {
  const isPath = /^(?:\/(?!\/)|\.\.?\/)/.test(target)
  if (isPath || existsSync(target)) return undefined
  if (HOST_TARGET.test(target))
    return `${JSON.stringify(target)} is not a path; to scan a registry over its API write http://${target} or https://${target}`
  if (!(passwordPart(target) ?? '').includes(':')) return undefined
  return `${NO_PASSWORD}: expected a path or https://HOST[:PORT][/PREFIX]`
}
