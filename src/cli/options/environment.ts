import { didYouMean } from '../../config/nearest.ts'
import { mayHaveSpaces, type OptionEntry } from '../../config/options/entry.ts'

const PREFIX = 'REGFSCK_'

/**
 * One message for each `REGFSCK_` variable that belongs to no option: a misspelt one would be ignored silently.
 *
 * @param known names of the options' variables
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
 * Kubernetes sets variables for each Service of the namespace in every pod. For a Service called `regfsck` or `regfsck-…`
 * they begin with our prefix. `REGFSCK_PORT` is one of them only if it has the value that Kubernetes sets.
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

/** Splits a value at spaces. An empty one stays, as one empty value, so that it is noticed. */
export function wordsIn(text: string): readonly string[] {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return words.length > 0 ? words : ['']
}

/**
 * The values of a variable. Spaces separate them. Where values may have spaces, each line is one, if there are several
 * lines or the first is empty: a single path with spaces follows a line break.
 */
export function valuesIn(text: string, option: OptionEntry | undefined): readonly string[] {
  const hasLines = option !== undefined && mayHaveSpaces(option) && /^\s*[\r\n]|[\r\n]\s*\S/.test(text)
  const values = text.split(hasLines ? /[\r\n]+/ : /\s+/).map((value) => value.trim())
  return values.filter((value) => value !== '')
}
