import { InvalidWord, type Part, partsOf, type VariablePart } from './word.ts'

/** What a variable stands for when a build starts. */
export type VariableValue =
  | { readonly is: 'set'; readonly value: string }
  /** `because` is the end of a sentence: `the argument TAG has no value`. */
  | { readonly is: 'unset'; readonly because: string }
  /** It has a value, but which one is known only when something is built. */
  | { readonly is: 'set by the builder'; readonly because: string }
  /** Its value is made of something that has none. */
  | { readonly is: 'incomplete'; readonly because: string }

/** Says what a variable stands for. */
export type Lookup = (name: string) => VariableValue

/** A word with its variables replaced, or why that cannot be done. */
export type Expanded =
  | { readonly is: 'known'; readonly text: string }
  | { readonly is: 'unset' | 'set by the builder' | 'incomplete' | 'invalid'; readonly because: string }

/**
 * Replaces the variables of a word and removes its quotation marks.
 *
 * A build takes a variable without a value as empty text. Here it is an answer of its own, because nobody wants to pull an
 * image whose name has a hole.
 *
 * @see Dockerfile reference, "Environment replacement"
 */
export function expand(word: string, escaping: string, lookup: Lookup): Expanded {
  try {
    return { is: 'known', text: textOf(partsOf(word, escaping), lookup) }
  } catch (error) {
    if (error instanceof InvalidWord) return { is: 'invalid', because: error.message }
    if (error instanceof NoValue) return { is: error.is, because: error.message }
    throw error
  }
}

class NoValue extends Error {
  readonly is: Exclude<Expanded['is'], 'known'>

  constructor(is: NoValue['is'], because: string) {
    super(because)
    this.is = is
  }
}

function textOf(parts: readonly Part[], lookup: Lookup): string {
  return parts.map((part) => (typeof part === 'string' ? part : replacementOf(part, lookup))).join('')
}

function replacementOf({ name, operator, argument }: VariablePart, lookup: Lookup): string {
  const found = lookup(name)
  const isSet = found.is !== 'unset' && !(operator.startsWith(':') && found.is === 'set' && found.value === '')
  if (operator.endsWith('+')) return isSet ? textOf(argument, lookup) : ''
  if (operator.endsWith('-') && !isSet) return textOf(argument, lookup)
  if (operator.endsWith('?') && !isSet)
    throw new NoValue('unset', `${name} must be given: ${textOf(argument, lookup) || 'it has no value'}`)
  if (found.is !== 'set') throw new NoValue(found.is, found.because)
  return /^[#%/]/.test(operator) ? changed(found.value, operator, textOf(argument, lookup)) : found.value
}

/** `${X#prefix}`, `${X%suffix}` and `${X/text/other}`, without wildcards. */
function changed(value: string, operator: string, argument: string): string {
  if (/[*?\\]/.test(argument)) throw new NoValue('invalid', `wildcards in \${…${operator}…} are not supported`)
  if (operator.startsWith('#')) return value.startsWith(argument) ? value.slice(argument.length) : value
  if (operator.startsWith('%')) return value.endsWith(argument) ? value.slice(0, value.length - argument.length) : value
  const slash = argument.indexOf('/')
  if (slash < 1) throw new NoValue('invalid', `\${…${operator}${argument}} is not understood`)
  const [text, other] = [argument.slice(0, slash), argument.slice(slash + 1)]
  return operator === '//' ? value.replaceAll(text, () => other) : value.replace(text, () => other)
}
