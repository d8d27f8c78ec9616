import type { Node } from '../../yaml/node.ts'

/** A value as GitLab turns it to text. `1.10` is the number 1.1. */
export function scalarText(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== undefined ? String(node.value) : undefined
}
