import type { Entry, MapNode, Node } from '../../yaml/node.ts'

/**
 * Merges mappings as `extends` and `include` do: mappings key by key, anything else is replaced.
 *
 * @see GitLab CI/CD YAML syntax reference, "extends"; "Merge details": arrays are not merged
 */
export function deepMerge(base: MapNode, over: MapNode): MapNode {
  if (base.entries.size === 0) return over
  const entries = new Map<string, Entry>(base.entries)
  for (const [key, entry] of over.entries) {
    const before = entries.get(key)
    entries.set(key, before === undefined ? entry : { ...entry, value: mergedValue(before.value, entry.value) })
  }
  return { ...over, entries }
}

function mergedValue(base: Node, over: Node): Node {
  return base.kind === 'map' && over.kind === 'map' ? deepMerge(base, over) : over
}
