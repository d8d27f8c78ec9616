/** Names that are described one by one; of a longer list the rest is counted. */
const MAX_DESCRIBED = 20
/** Characters. */
const MAX_NAME = 200

/** One line for each listed entry that is not a valid name. @param what a valid name would be that of: `a tag` */
export function describeInvalidNames(names: readonly string[], what: string): readonly string[] {
  const lines = names
    .slice(0, MAX_DESCRIBED)
    .map((name) => `lists ${shortened(name)}, which cannot be the name of ${what}`)
  const rest = names.length - lines.length
  return rest === 0 ? lines : [...lines, `lists ${rest} more entries that cannot be the name of ${what}`]
}

function shortened(text: string): string {
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME)}…`
}
