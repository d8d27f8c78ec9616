import { child, type Node } from '../../yaml/node.ts'
import type { Replaced } from '../written-image.ts'
import { scalarText } from './scalar-text.ts'

/** The inputs that a file declares, with their values; `undefined` where there is none. */
export type Inputs = ReadonlyMap<string, string | undefined>

/**
 * The inputs of a file.
 *
 * @param header its first document
 * @param given what the file that includes it gives
 * @see GitLab CI/CD YAML syntax reference, "spec:inputs"
 */
export function inputsOf(header: Node | undefined, given: ReadonlyMap<string, string>): Inputs {
  const declared = child(header, 'spec', 'inputs')
  const names = declared?.kind === 'map' ? [...declared.entries.keys()] : []
  return new Map(names.map((name) => [name, given.get(name) ?? scalarText(child(declared, name, 'default'))]))
}

/** What an entry of `include` gives. */
export function givenInputs(entry: Node): ReadonlyMap<string, string> {
  const inputs = child(entry, 'inputs')
  const given = new Map<string, string>()
  if (inputs?.kind === 'map')
    for (const [name, { value }] of inputs.entries) {
      const text = scalarText(value)
      if (text !== undefined) given.set(name, text)
    }
  return given
}

/**
 * Replaces `$[[ inputs.name ]]`.
 *
 * @see GitLab, "CI/CD inputs": they are replaced before anything else is read
 */
export function replaceInputs(text: string, inputs: Inputs): Replaced {
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
