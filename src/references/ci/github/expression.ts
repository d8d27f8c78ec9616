import { child, type Node } from '../../yaml/node.ts'
import type { Replaced } from '../written-image.ts'
import type { Combination } from './matrix.ts'

/** `${{ … }}` */
const EXPRESSION = /\$\{\{(?<inner>.*?)\}\}/gs

/** `matrix.a.b` and `matrix['a']`, and nothing else. */
const MATRIX = /^\s*matrix(?<path>(?:\.[A-Za-z_][\w-]*|\['[^']*'\])+)\s*$/

/**
 * Replaces the expressions of a text that are values of the matrix. What other expressions stand for is known only when
 * the workflow runs.
 *
 * @see GitHub Actions, "Contexts reference": for `container.image` and `services` there are github, needs, strategy,
 *   matrix, vars and inputs
 */
export function replaceExpressions(text: string, combination: Combination): Replaced {
  let because: string | undefined
  const replaced = text.replace(EXPRESSION, (...match) => {
    const { inner = '' } = match.at(-1) as { readonly inner?: string }
    const value = replacementOf(inner, combination)
    if (value.is === 'unknown') because ??= value.because
    return value.is === 'known' ? value.text : ''
  })
  return because === undefined ? { is: 'known', text: replaced } : { is: 'unknown', because }
}

/** Whether a text is one value of the matrix, so that it may lawfully be nothing. */
export function isWholeMatrixValue(text: string): boolean {
  return /^\$\{\{[^}]*\}\}$/.test(text.trim())
}

function replacementOf(inner: string, combination: Combination): Replaced {
  const path = MATRIX.exec(inner)?.groups?.['path']
  if (path === undefined)
    return { is: 'unknown', because: `the value of ${inner.trim()} is known only when the workflow runs` }
  const [first = '', ...rest] = [...path.matchAll(/\.(?<plain>[\w-]+)|\['(?<quoted>[^']*)'\]/g)].map(
    ({ groups }) => groups?.['plain'] ?? groups?.['quoted'] ?? '',
  )
  const node = child(combination.get(first), ...rest)
  return textOf(node, inner.trim())
}

/** A value as GitHub turns it to text: `1.10` is the number 1.1, and what is not there is nothing. */
function textOf(node: Node | undefined, name: string): Replaced {
  if (node === undefined) return { is: 'known', text: '' }
  const image = node.kind === 'map' ? child(node, 'image') : node
  if (image?.kind !== 'scalar') return { is: 'unknown', because: `${name} is not text` }
  const text = String(image.value ?? '')
  if (text.includes('${{')) return { is: 'unknown', because: `${name} is computed when the workflow runs` }
  return { is: 'known', text }
}
