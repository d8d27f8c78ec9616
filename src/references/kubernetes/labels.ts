import { type Node, textOf } from '../yaml/node.ts'

/** The texts of a mapping, such as labels. */
export function textsIn(node: Node | undefined): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  if (node?.kind !== 'map') return texts
  for (const [key, { value }] of node.entries) {
    const text = textOf(value)
    if (text !== undefined) texts.set(key, text)
  }
  return texts
}
