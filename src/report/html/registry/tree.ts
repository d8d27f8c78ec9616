import type { ReportedFinding } from '../../../check/events.ts'
import { FINDINGS } from '../../../check/findings/catalogue.ts'
import { shape } from '../icons.ts'
import { html, type Markup } from '../markup.ts'
import type { AffectedImage } from './affected-images.ts'
import { exact, platformNames } from './names.ts'

/** A manifest below the tag, or the damaged object itself. */
interface Node {
  readonly digest: string | undefined
  thing: string
  readonly platforms: Set<string>
  readonly children: Node[]
  finding: ReportedFinding | undefined
}

/** The path from the tag through index and platforms to each damaged object. */
export function treeOf(image: AffectedImage, findings: readonly ReportedFinding[]): Markup {
  const tag = image.tags.length === 1 ? 'tag' : 'tags'
  return html`<ul class="tree"><li><span class="thing">${tag}</span> <bdi>${image.tags.slice(0, 3).join(', ')}</bdi>${
    image.tags.length > 3 && ' …'
  }${branches([new Tree(image).grow(findings)].flat())}</li></ul>`
}

/** Deeper than a registry lets indexes nest. */
const DEEPEST = 64

function branches(nodes: readonly Node[], depth: number = 0): Markup | undefined {
  if (nodes.length === 0) return undefined
  return depth === DEEPEST ? html` …` : html`<ul>${nodes.map((node) => branch(node, depth + 1))}</ul>`
}

function branch({ digest, thing, platforms, children, finding }: Node, depth: number): Markup {
  const tone = finding?.severity === 'error' ? 'damaged' : 'warning'
  const end = finding && html` <span class="end ${tone}">${shape(tone)}${FINDINGS[finding.code].state}</span>`
  return html`<li><span class="thing">${thing}</span>${platformNames([...platforms])}${end} ${
    digest !== undefined && exact(digest)
  }${branches(children, depth)}</li>`
}

/** A finding names its parents, and a tag its manifest. The report does not have the manifests between them. */
class Tree {
  readonly #image: AffectedImage
  readonly #nodes = new Map<string, Node>()
  readonly #top: Node[] = []

  constructor(image: AffectedImage) {
    this.#image = image
  }

  grow(findings: readonly ReportedFinding[]): readonly Node[] {
    const { digest: root } = this.#image
    if (root !== undefined) this.#add(root, this.#top)
    // Children of the root first: they may be parents of other findings.
    const isNear = ({ parents }: ReportedFinding): boolean => root !== undefined && parents.includes(root)
    for (const finding of findings) if (isNear(finding)) this.#place(finding)
    for (const finding of findings) if (!isNear(finding)) this.#place(finding)
    return this.#top
  }

  #place(finding: ReportedFinding): void {
    const { thing } = FINDINGS[finding.code]
    const { digest: root } = this.#image
    const digest = finding.digest ?? (finding.tag === undefined ? undefined : finding.evidence.digest)
    if (digest !== undefined && digest === root) {
      this.#end(this.#add(root, this.#top), finding)
      return
    }
    for (const parent of this.#parentsOf(finding)) {
      parent.thing = thing === 'manifest' ? 'index' : parent.thing
      const isOwn = thing === 'manifest' || parent.digest === root
      if (!isOwn && finding.parents.length === 1) for (const each of finding.platforms) parent.platforms.add(each)
      const leaf = this.#leaf(digest, parent.children, thing)
      if (isOwn || finding.parents.length > 1) for (const each of finding.platforms) leaf.platforms.add(each)
      this.#end(leaf, finding)
    }
  }

  /** The parents that can be below this tag. */
  #parentsOf({ parents, tags }: ReportedFinding): readonly {
    digest: string | undefined
    thing: string
    platforms: Set<string>
    children: Node[]
  }[] {
    const { digest: root, roots } = this.#image
    if (root === undefined) return [{ digest: undefined, thing: '', platforms: new Set(), children: this.#top }]
    const top = this.#add(root, this.#top)
    if (parents.includes(root) || parents.length === 0) return [top]
    const below = tags.length === 1 ? parents : parents.filter((parent) => !roots.has(parent))
    top.thing = 'index'
    return (below.length > 0 ? below : parents).map((parent) => this.#add(parent, top.children))
  }

  #add(digest: string, among: Node[]): Node {
    const known = this.#nodes.get(digest)
    if (known) return known
    const node = made(digest, 'manifest')
    this.#nodes.set(digest, node)
    among.push(node)
    return node
  }

  #leaf(digest: string | undefined, among: Node[], thing: string): Node {
    if (thing === 'manifest' && digest !== undefined) return this.#add(digest, among)
    const leaf = made(digest, thing)
    among.push(leaf)
    return leaf
  }

  #end(node: Node, finding: ReportedFinding): void {
    node.finding ??= finding
  }
}

function made(digest: string | undefined, thing: string): Node {
  return { digest, thing, platforms: new Set(), children: [], finding: undefined }
}
