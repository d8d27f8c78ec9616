import { type Digest, isDigest } from '../../oci/digest.ts'
import { CAPABILITIES } from '../capabilities.ts'
import type { AnyFinding } from '../findings/finding.ts'
import type { RepairPlace } from './place.ts'
import { type Proof, proofOfLink, type RepairStep } from './step.ts'

/** The evidence that names a file to move or upload. */
type PathKey = 'path' | 'link' | 'blobPath' | 'ownPath'

/** Builds the steps of remedies, for one finding. */
export class Parts {
  readonly #finding: AnyFinding
  readonly #place: RepairPlace
  readonly #repository: string

  constructor(finding: AnyFinding, place: RepairPlace) {
    this.#finding = finding
    this.#place = place
    this.#repository = finding.repository ?? ''
  }

  /** Whether there are files that commands can move and replace. */
  get hasFiles(): boolean {
    return CAPABILITIES[this.#place.kind].hasFiles
  }

  /** If an index names a blob, as the index of a build cache does, no client copies it as an image. */
  get #isNamedByIndex(): boolean {
    return this.#finding.evidence.namedByIndex === true
  }

  /** @param otherwise the text for an image */
  copyText(otherwise: string): string {
    return this.#isNamedByIndex
      ? 'The index names a blob here, as the index of a build cache does, but clients copy only images: fetch the blob from a registry that still has it, and upload it as a blob. Or export the cache again.'
      : otherwise
  }

  /** Puts back everything that is still stored of the manifest. */
  salvage(): RepairStep[] {
    const { salvage } = this.#finding
    return salvage ? [...this.#directory(), ...salvage.quarantines, ...salvage.steps] : []
  }

  /** Puts the salvaged manifest under its tag. */
  tag(): RepairStep[] {
    const { tag, salvage } = this.#finding
    if (tag === undefined || salvage === undefined) return []
    const { digest, file, mediaType } = salvage
    const isAttempt = !salvage.isWhole && { isAttempt: true as const }
    return [{ does: 'tag', repository: this.#repository, tag, digest, file, mediaType, ...isAttempt }]
  }

  /** Moves away what would make a copy fail: bad links, and files that do not match their digests. */
  inTheWay(): RepairStep[] {
    const { cause, salvage, inTheWay, evidence } = this.#finding
    const found = [...this.#directory(), ...(salvage?.quarantines ?? []), ...(inTheWay ?? [])]
    if (cause === 'revision-link-invalid') found.push(...this.quarantineLink('path'))
    if (cause === 'layer-link-invalid') found.push(...this.quarantineLink('path'))
    if (cause === 'manifest-missing' && evidence.ownPath !== undefined) found.push(...this.quarantineLink('link'))
    if (evidence.dataIs !== undefined) found.push(...this.damagedFile())
    return found
  }

  /** Moves away the file of the blob or manifest. */
  damagedFile(): RepairStep[] {
    const { evidence } = this.#finding
    const key = evidence.blobPath === undefined ? 'path' : 'blobPath'
    const digest = this.#digest
    return digest === undefined ? [] : this.quarantine(key, { is: 'bytes', digest })
  }

  quarantineLink(key: PathKey, isWanted: boolean = true): RepairStep[] {
    const digest = this.#digest
    if (digest === undefined || !isWanted) return []
    return this.quarantine(key, proofOfLink(this.#text(key), digest))
  }

  /** Moves it away once it is certain that nothing needs it. @returns nothing if that cannot be found out */
  setAside(steps: readonly RepairStep[]): RepairStep[] {
    const { needers } = this.#finding
    if (needers === undefined || this.#place.pullThrough) return []
    if (needers.length === 0) return [...steps]
    return steps.flatMap((step) =>
      step.does === 'quarantine'
        ? [{ does: 'set-aside', path: step.path, unless: step.unless, repository: this.#repository, needers }]
        : [],
    )
  }

  quarantine(key: PathKey, unless: Proof): RepairStep[] {
    const path = this.#text(key)
    return path === '' ? [] : [{ does: 'quarantine', path, unless }]
  }

  upload(key: PathKey): RepairStep[] {
    const [file, digest] = [this.#text(key), this.#digest]
    return file === '' || digest === undefined ? [] : [{ does: 'upload', repository: this.#repository, digest, file }]
  }

  putFile(): RepairStep[] {
    const { path: file = '', mediaType = '' } = this.#finding.evidence
    const digest = this.#digest
    return file === '' || digest === undefined
      ? []
      : [{ does: 'push', repository: this.#repository, digest, file, mediaType }]
  }

  saves(): RepairStep[] {
    return this.#finding.tags.map((tag) => ({ does: 'save', repository: this.#repository, tag }))
  }

  pulls(kind: 'manifests' | 'blobs'): RepairStep[] {
    const reference = this.#finding.tag ?? this.#digest
    return reference === undefined ? [] : [{ does: 'pull', repository: this.#repository, kind, reference }]
  }

  /** Copies from the other registry: every affected tag, or the object itself if no tag reaches it. */
  copies(): RepairStep[] {
    const { tags, parents, code } = this.#finding
    const repository = this.#repository
    const digest = this.#digest
    if (this.#isNamedByIndex) return digest === undefined ? [] : [{ does: 'fetch', repository, digest }]
    if (tags.length > 0)
      return tags.map((tag) => {
        const named = this.#place.digestOf(repository, tag)
        return { does: 'copy', repository, tag, ...(named !== undefined && isDigest(named) && { digest: named }) }
      })
    const isManifest =
      code.includes('manifest') || code.includes('child') || code.includes('revision') || code === 'link-invalid'
    const wanted = isManifest ? [digest ?? ''] : parents
    return wanted.filter(isDigest).map((parent) => ({
      does: 'copy',
      repository,
      digest: parent,
      ...(this.#finding.severity !== 'error' && { isOptional: true as const }),
    }))
  }

  /** A push overwrites a link that is a file, whatever it contains, but not a directory. */
  #directory(): RepairStep[] {
    return this.#finding.evidence.content === 'a directory' ? this.quarantine('path', { is: 'file' }) : []
  }

  get #digest(): Digest | undefined {
    const { digest, evidence } = this.#finding
    if (digest !== undefined) return digest
    const named = evidence.digest ?? evidence.lastPushed
    return named !== undefined && isDigest(named) ? named : undefined
  }

  #text(key: PathKey): string {
    return this.#finding.evidence[key] ?? ''
  }
}
