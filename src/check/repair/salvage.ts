import type { Digest } from '../../oci/digest.ts'
import { effectiveMediaType } from '../../oci/manifest.ts'
import type { BlobBelow, Graph } from '../walk/graph.ts'
import { proofOfLink, type RepairStep, type Salvage } from './step.ts'

/**
 * What can be restored of a manifest and everything that it names.
 * @returns `undefined` if its bytes are not stored
 */
export function salvageOf(graph: Graph, root: Digest): Salvage | undefined {
  const served = graph.manifests.get(root)
  const file = graph.below.get(root)?.place ?? (served?.is === 'read' ? (served.evidence.path ?? '') : '')
  if (file === '') return undefined
  const found = new Salvaging(graph)
  found.add(root)
  const { isWhole, named, present, quarantines, steps } = found
  const mediaType =
    graph.below.get(root)?.mediaType ?? (served?.is === 'read' ? effectiveMediaType(served.manifest) : '')
  return { digest: root, file, mediaType, isWhole, named, present, quarantines, steps }
}

/** The files to move away before a blob can be pushed again. */
export function quarantinesOf({ digest, state, path, badLink }: BlobBelow): readonly RepairStep[] {
  const steps: RepairStep[] = []
  if (badLink !== undefined) steps.push({ does: 'quarantine', path: badLink, unless: proofOfLink(badLink, digest) })
  if (state === 'damaged' && path !== undefined)
    steps.push({ does: 'quarantine', path, unless: { is: 'bytes', digest } })
  return steps
}

class Salvaging {
  isWhole = true
  named = 0
  present = 0
  readonly quarantines: RepairStep[] = []
  readonly steps: RepairStep[] = []
  readonly #graph: Graph
  readonly #seen = new Set<Digest>()

  constructor(graph: Graph) {
    this.#graph = graph
  }

  /** A registry accepts a manifest only if it has what the manifest names, so children come before their index. */
  add(root: Digest): void {
    const stack: { readonly digest: Digest; readonly isEntered: boolean }[] = [{ digest: root, isEntered: false }]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { digest, isEntered } = next
      const below = this.#graph.below.get(digest)
      if (isEntered && below) {
        const { place: file, mediaType } = below
        this.steps.push({ does: 'push', repository: this.#graph.repository, digest, file, mediaType })
        continue
      }
      if (this.#seen.has(digest)) continue
      this.#seen.add(digest)
      const fact = this.#graph.manifests.get(digest)
      // Damage in a manifest that is served is a finding of its own.
      if (fact?.is === 'read' || fact?.is === 'opaque' || this.#graph.blobs.get(digest)?.is === 'whole') continue
      if (below === undefined) {
        this.isWhole = false
        continue
      }
      for (const blob of below.blobs) this.#blob(blob)
      stack.push({ digest, isEntered: true })
      for (const child of below.children) stack.push({ digest: child, isEntered: false })
    }
  }

  #blob(blob: BlobBelow): void {
    const { repository } = this.#graph
    const { digest, state, path } = blob
    if (!this.#seen.has(digest)) {
      this.#seen.add(digest)
      this.named++
      if (state === 'linked') this.present++
      this.quarantines.push(...quarantinesOf(blob))
      if (state === 'stored' && path !== undefined) this.steps.push({ does: 'upload', repository, digest, file: path })
    }
    if (state === 'lost' || state === 'damaged') this.isWhole = false
  }
}
