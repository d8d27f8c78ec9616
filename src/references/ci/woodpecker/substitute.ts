import type { Replaced } from '../written-image.ts'

/** `$${`, `${NAME}`, or `${` and anything else. A `$NAME` without braces is not replaced. */
const VARIABLE = /\$\$\{|\$\{(?:(?<name>[A-Za-z_]\w*)(?<form>[^}]*))?\}?/g

/**
 * Replaces `${NAME}` by the matrix's values, and `${NAME:-text}` and `${NAME=text}` by their text where there is no value. `$${`
 * stays for the shell of the step.
 *
 * @see Woodpecker, "Environment variables", "String substitution", "String operations"
 */
export function substitute(text: string, values: ReadonlyMap<string, string>): Replaced {
  let because: string | undefined
  const replaced = text.replace(VARIABLE, (whole, ...match) => {
    if (whole === '$${') return '${'
    const { name, form } = match.at(-1) as { readonly name?: string; readonly form?: string }
    const outcome = replacementOf(name, form ?? '', values)
    if (outcome.is === 'unknown' || !whole.endsWith('}'))
      because ??= outcome.is === 'unknown' ? outcome.because : NOT_UNDERSTOOD
    return outcome.is === 'known' ? outcome.text : ''
  })
  return because === undefined ? { is: 'known', text: replaced } : { is: 'unknown', because }
}

const NOT_UNDERSTOOD = 'its ${ is not understood'

function replacementOf(name: string | undefined, form: string, values: ReadonlyMap<string, string>): Replaced {
  if (name === undefined) return { is: 'unknown', because: NOT_UNDERSTOOD }
  const value = values.get(name)
  const fallback = /^:?[-=](?<text>.*)$/.exec(form)?.groups?.['text']
  if (form !== '' && fallback === undefined)
    return { is: 'unknown', because: `the form \${${name}${form}} is not supported` }
  // Woodpecker itself sets these, so their defaults do not count.
  if (/^CI_/.test(name)) return { is: 'unknown', because: `Woodpecker gives ${name} a value when a workflow runs` }
  if (value !== undefined) return { is: 'known', text: value }
  if (fallback !== undefined) return { is: 'known', text: fallback }
  return { is: 'unknown', because: `the variable ${name} has no value in the matrix` }
}
