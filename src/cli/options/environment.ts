import { didYouMean } from '../../config/nearest.ts'

const PREFIX = 'REGFSCK_'

/**
 * Variables of ours that no option knows, as sentences: a misspelt one would be ignored, and nobody would notice.
 *
 * @param known names that options have
 */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: ReadonlySet<string>,
): readonly string[] {
  const words = [...known].map(withoutPrefix)
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(PREFIX) && !known.has(name) && !isOfKubernetes(name, value ?? ''))
    .map(([name]) => `${name}: unknown variable${didYouMean(withoutPrefix(name), words, PREFIX)}`)
    .sort()
}

function withoutPrefix(name: string): string {
  return name.slice(PREFIX.length)
}

/**
 * Kubernetes tells every pod of every Service in its namespace. Of those called `regfsck` or `regfsck-…` the names begin like
 * ours. `REGFSCK_PORT` is such a name too, but only with the value that Kubernetes gives it.
 *
 * @see kubernetes.io, "Service", "Environment variables"
 */
function isOfKubernetes(name: string, value: string): boolean {
  const rest =
    /^REGFSCK_(?:[A-Z0-9_]+?_)??(?<rest>SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/.exec(
      name,
    )?.groups?.['rest']
  return rest === 'PORT' ? /^(?:tcp|udp|sctp):\/\//.test(value) : rest !== undefined
}

/** @param name of an option: `all-tags` */
export function environmentNameOf(name: string): string {
  return `${PREFIX}${name.replaceAll('-', '_').toUpperCase()}`
}
