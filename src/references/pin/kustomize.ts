import { partsOf } from '../image-parts.ts'
import { child, itemsOf, type Node, textOf } from '../yaml/node.ts'
import { parseYaml } from '../yaml/parse.ts'
import { distinctPins, MARK, type PinnedUse, type PinText, pinnedText } from './pinned-use.ts'
import { yamlText } from './yaml-text.ts'

/** An entry of the `images` of a kustomization. */
export interface KustomizeImage {
  /** As the manifests have it. */
  readonly name: string
  readonly tag?: string
  readonly digest: string
}

/**
 * The pins as entries of `images`. Kustomize finds images by name, whatever their tag.
 *
 * @returns a sentence if one name stands for several images
 * @see kustomize, api/filters/imagetag/updater.go: an entry replaces tag and digest
 */
export function kustomizeImages(uses: readonly PinnedUse[]): readonly KustomizeImage[] | string {
  const images = new Map<string, KustomizeImage>()
  for (const pin of distinctPins(uses)) {
    const { name, tag } = partsOf(pinnedText(pin))
    const other = images.get(name)
    if (other !== undefined)
      return `kustomize sets one digest for all images of a name, and ${name} would have two (${other.tag ?? other.digest}, ${tag ?? pin.digest}): leave one out, or use --in-place`
    images.set(name, { name, digest: pin.digest, ...(tag !== undefined && { tag }) })
  }
  return [...images.values()]
}

/** A component of kustomize that only sets images: `components: [pins]` takes it in. */
export function kustomizeComponent(uses: readonly PinnedUse[]): PinText {
  const images = kustomizeImages(uses)
  if (typeof images === 'string') return { because: images }
  const head = `${MARK}apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n`
  return { text: head + images.map((image) => `  - ${entryLines(image).join('\n    ')}\n`).join('') }
}

/** The lines of an entry, without indentation. */
export function entryLines({ name, tag, digest }: KustomizeImage): readonly string[] {
  const tagLine = tag === undefined ? [] : [`newTag: ${JSON.stringify(tag)}`]
  return [`name: ${yamlText(name)}`, ...tagLine, `digest: ${digest}`]
}

/** The pins in the `images` of a kustomization, by what they pin. */
export function pinsOfKustomization(text: string): ReadonlyMap<string, string> {
  const pins = new Map<string, string>()
  for (const document of parseYaml(text))
    for (const entry of 'root' in document ? itemsOf(child(document.root, 'images')) : []) {
      const name = nameIn(entry)
      const tag = child(entry, 'newTag')
      const digest = textOf(child(entry, 'digest'))
      if (name === undefined || digest === undefined) continue
      pins.set(tag?.kind === 'scalar' && tag.text !== '' ? `${name}:${tag.text}` : name, digest)
    }
  return pins
}

/** The name that the images of an entry have in the end. */
export function nameIn(entry: Node): string | undefined {
  return textOf(child(entry, 'newName')) ?? textOf(child(entry, 'name'))
}
