import type { Replaced } from '../written-image.ts'

/**
 * Replaces `$[[ inputs.name ]]`.
 *
 * @param inputs what the file declares; `undefined` where there is no value
 * @see GitLab, "CI/CD inputs": they are replaced before anything else is read
 */
export function replaceInputs(text: string, inputs: ReadonlyMap<string, string | undefined>): Replaced {
  let because: string | undefined
  const replaced = text.replace(/\$\[\[(?<expression>.*?)\]\]/g, (...match) => {
    const { expression = '' } = match.at(-1) as { readonly expression?: string }
    const name = /^\s*inputs\.(?<name>[\w-]+)\s*(?:\|\s*expand_vars\s*)?$/.exec(expression)?.groups?.['name']
    const value = name === undefined ? undefined : inputs.get(name)
    if (value === undefined)
      because ??= name === undefined ? `$[[${expression}]] is not understood` : `the input ${name} has no value`
    return value ?? ''
  })
  return because === undefined ? { is: 'known', text: replaced } : { is: 'unknown', because }
}
