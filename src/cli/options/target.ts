import { existsSync } from 'node:fs'
import { mayHoldPassword, passwordPart, redact } from '../../oci/redact.ts'

const URL_TARGET = /^[a-z0-9+.-]+:\/\//i
/** Looks like `HOST:PORT` or `localhost`, with or without a path prefix. */
const HOST_TARGET = /^(?:localhost(?::\d{1,5})?|(?:[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\]):\d{1,5})(?:\/[\w./-]*)?$/i
const EXPECTED = 'expected https://HOST[:PORT][/PREFIX]'
const NO_PASSWORD = 'a target URL must not contain a user name or password (put them into the docker config)'

/** A target of a scan. */
export type Target =
  | { readonly is: 'directory'; readonly path: string; readonly kind: 'distribution' }
  | { readonly is: 'registry'; readonly url: string; readonly kind: 'api' }

/** Decides what kind of target a text is. {@link targetProblem} checks it. */
export function parseTarget(text: string): Target {
  return URL_TARGET.test(text)
    ? { is: 'registry', url: text, kind: 'api' }
    : { is: 'directory', path: text, kind: 'distribution' }
}

/** The target as it was given. */
export function targetText(target: Target): string {
  return target.is === 'registry' ? target.url : target.path
}

/** What is wrong with a target, if anything. It never repeats what may be a password. */
export function targetProblem(target: Target): string | undefined {
  return target.is === 'registry' ? registryUrlProblem(target.url) : pathProblem(target.path)
}

/** What is wrong with a text that must be the URL of a registry, if anything. */
export function notUrlProblem(text: string): string | undefined {
  const target = parseTarget(text)
  return target.is === 'registry' ? registryUrlProblem(target.url) : `${EXPECTED}, not ${JSON.stringify(redact(text))}`
}

/** The URLs among some targets. */
export function urlsOf(targets: readonly Target[]): readonly string[] {
  return targets.flatMap((target) => (target.is === 'registry' ? target.url : []))
}

/** The directories among some targets. */
export function pathsOf(targets: readonly Target[]): readonly string[] {
  return targets.flatMap((target) => (target.is === 'directory' ? target.path : []))
}

/** What is wrong with the URL of a registry. It never repeats what may be a password. */
function registryUrlProblem(target: string): string | undefined {
  // Before parsing: a password that contains a slash would look like a path.
  if (mayHoldPassword(target)) return `${NO_PASSWORD}: ${EXPECTED}`
  const problem = (why: string): string => `${JSON.stringify(redact(target))} ${why}: ${EXPECTED}`
  if (!URL.canParse(target)) return problem('is not a URL')
  const { protocol, search, hash } = new URL(target)
  if (!['http:', 'https:'].includes(protocol)) return problem('cannot be scanned')
  return search !== '' || hash !== '' ? problem('has a query or a fragment') : undefined
}

/** A URL without a scheme looks like a path. If there is no such path, its password must not be repeated. */
function pathProblem(target: string): string | undefined {
  const isPath = /^(?:\/(?!\/)|\.\.?\/)/.test(target)
  if (isPath || existsSync(target)) return undefined
  if (HOST_TARGET.test(target))
    return `${JSON.stringify(target)} is not a path; to scan a registry over its API write http://${target} or https://${target}`
  if (!(passwordPart(target) ?? '').includes(':')) return undefined
  return `${NO_PASSWORD}: expected a path or https://HOST[:PORT][/PREFIX]`
}
