import { Collected } from '../../collected.ts'
import type { ReferencesRead, SourceFile } from '../../reference.ts'
import { child, itemsOf, type MapNode, type Node, textOf } from '../../yaml/node.ts'
import { addImage, type Replaced } from '../written-image.ts'
import { YamlFile } from '../yaml-file.ts'
import { matrixOf } from './matrix.ts'
import { substitute } from './substitute.ts'

/**
 * Reads the images of a workflow of Woodpecker: all steps, services and clone steps are images.
 *
 * @see Woodpecker, "Workflow syntax": `steps`, `services`, `clone`, `matrix`; `pipeline` is the old name of `steps`
 */
export function readWoodpecker(source: SourceFile): ReferencesRead {
  const file = new YamlFile(source)
  const found = new Collected()
  for (const unreadable of file.unreadable) found.unreadable.push(unreadable)
  for (const root of file.roots) {
    if (root.kind === 'map') readWorkflow(root, file, found)
    else found.unreadable.push({ place: file.placeOf(root), because: 'it is not a mapping with steps' })
  }
  return found
}

const PARTS = [
  ['clone', 'clone'],
  ['services', 'service'],
  ['steps', 'step'],
  ['pipeline', 'step'],
] as const

function readWorkflow(root: MapNode, file: YamlFile, found: Collected): void {
  const matrix = matrixOf(child(root, 'matrix'))
  const replace = (text: string): readonly Replaced[] => {
    if (!text.includes('$')) return [{ is: 'known', text }]
    if (matrix === undefined) return [{ is: 'unknown', because: 'its matrix makes too many workflows' }]
    return matrix.map((values) => substitute(text, values))
  }
  for (const [key, word] of PARTS)
    for (const [name, step] of stepsOf(child(root, key))) {
      const node = child(step, 'image')
      if (node !== undefined) addImage(found, { file, node, usedBy: `${word} ${name}` }, replace)
    }
}

/** Steps are a list, or a mapping by name. */
function stepsOf(steps: Node | undefined): readonly (readonly [name: string, step: Node])[] {
  if (steps?.kind === 'map') return [...steps.entries].map(([name, { value }]) => [name, value] as const)
  return itemsOf(steps).map((step, at) => [textOf(child(step, 'name')) ?? String(at + 1), step] as const)
}
