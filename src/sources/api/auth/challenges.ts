/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

const SCHEME = /^[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s|$|,)\s*/
const PARAMETER = /^[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/

/**
 * Every challenge in the header's values. Some registries send two headers, and some two challenges in one.
 *
 * @see RFC 9110, 11.6.1
 */
export function readChallenges(values: string | readonly string[] | undefined): Challenge[] {
  return [values ?? []].flat().flatMap((value) => challengesIn(value))
}

function challengesIn(value: string): Challenge[] {
  const challenges: (Challenge & { readonly parameters: Map<string, string> })[] = []
  let rest = value
  while (rest.trim() !== '') {
    const parameter = PARAMETER.exec(rest)
    const last = challenges.at(-1)
    if (parameter && last) {
      const [all, name = '', quoted, bare] = parameter
      last.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '')
      rest = rest.slice(all.length)
      continue
    }
    const scheme = SCHEME.exec(rest)
    if (!scheme) return challenges
    challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: new Map() })
    rest = rest.slice(scheme[0].length)
  }
  return challenges
}
