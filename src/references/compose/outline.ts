import { child, type MapNode } from '../yaml/node.ts'

/** A problem of a document, and where: a UTF-16 offset. */
export interface OutlineProblem {
  readonly at: number
  readonly because: string
}

/** @see compose specification, 03-compose-file.md */
const KNOWN = new Set(['name', 'version', 'services', 'networks', 'volumes', 'secrets', 'configs', 'models', 'include'])

/**
 * What would hide images at the top of a document: services that are not a mapping, and services that stand outside
 * `services:`, as in the first version of the format. Compose refuses both.
 */
export function outlineProblems({ entries }: MapNode): readonly OutlineProblem[] {
  return [...entries].flatMap(([key, { start, value }]) => {
    const isNull = value.kind === 'scalar' && value.value === undefined
    if (key === 'services' || key === 'models') {
      const isUsable = value.kind === 'map' || isNull || value.tag === '!reset'
      return isUsable ? [] : [{ at: start, because: `${key} must be a mapping` }]
    }
    if (KNOWN.has(key) || key.startsWith('x-')) return []
    const isService = child(value, 'image') !== undefined || child(value, 'build') !== undefined
    return isService ? [{ at: start, because: `${key} stands outside of services` }] : []
  })
}
