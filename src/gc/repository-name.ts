import type { GcEngine } from './outcome.ts'

/** Repetition of dashes is never empty here, which accepts the same names and cannot backtrack for long. */
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const HOST_PART = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const NAME = new RegExp(`^(?:(${HOST_PART}(?:\\.${HOST_PART})*(?::[0-9]+)?)/)?(${COMPONENT}(?:/${COMPONENT})*)$`)
/** @see distribution, registry/storage/driver, `PathRegexp` */
const PATH = /^(?:\/[A-Za-z0-9._-]+)+$/
const LONGEST = 255

/**
 * Why an engine ends at the name of a repository; `undefined` if it accepts it. The engines take a first part with capital
 * letters for a host name.
 *
 * @see distribution, reference, `WithName`
 */
export function nameError(
  name: string,
  engine: GcEngine,
  driver: string,
): { readonly text: string; readonly isPath: boolean } | undefined {
  const match = NAME.exec(name)
  const failed = (why: string) => ({ text: `failed to parse repo name ${name}: ${why}`, isPath: false })
  const limited = engine === '2.8' ? name : (match?.[2] ?? '')
  if (limited.length > LONGEST) return failed('repository name must not be more than 255 characters')
  if (match === null) return failed('invalid reference format')
  const path = `/docker/registry/v2/repositories/${name}/_manifests/revisions`
  return PATH.test(path) ? undefined : { text: `${driver}: invalid path: ${path}`, isPath: true }
}

/** Whether the engines open a path that ends with this name. */
export function isOpenable(name: string): boolean {
  return PATH.test(`/${name}`)
}
