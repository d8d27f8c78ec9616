import type { Digest } from '../../oci/digest.ts'
import { effectiveMediaType } from '../../oci/manifest.ts'
import { isIndexType, isManifestType } from '../../oci/media-type.ts'
import type { FindingCause, FindingCode, Severity } from '../findings/code.ts'
import { type Evidence, type Finding, lastPushed } from '../findings/finding.ts'
import { quarantinesOf, salvageOf } from '../repair/salvage.ts'
import type { RepairStep, Salvage } from '../repair/step.ts'
import type { Rules } from '../rules.ts'
import type { BlobLook, Graph, ManifestLook } from '../walk/graph.ts'
import type { Mislabelled } from '../walk/served-type.ts'
import { type Claim, Lineage } from './references.ts'
import { isSound } from './sound.ts'
import { isLawfullyAbsent, isLawfulNeed, isMisclaimed, mayLack, Verdicts } from './tag-verdict.ts'
import { type UnreadOwners, unreadOwners } from './unread-owners.ts'

/** Everything worth reporting about one repository, in the order: tags, manifests, blobs, links. */
export function diagnose(graph: Graph, rules: Rules): readonly Finding[] {
  if (isSound(graph)) return []
  const knowsAll = sawEverything(graph)
  const diagnosis = new Diagnosis(graph, rules, knowsAll)
  for (const [tag, look] of graph.tags) {
    if (look.is === 'dangling' && !isLawfullyAbsent(look, rules))
      diagnosis.danglingTag(tag, look, diagnosis.salvageOfTag(look.evidence))
  }
  for (const [digest, look] of graph.manifests) diagnosis.manifest(digest, look)
  for (const [digest, look] of graph.blobs) diagnosis.blob(digest, look)
  for (const [digest, look] of graph.strayLinks) {
    if (look.is === 'invalid') diagnosis.stray(digest, 'link-invalid', look.cause, look.evidence)
    if (look.is === 'orphan' && !rules.pullThrough && knowsAll)
      diagnosis.stray(digest, 'orphan-layer-link', 'blob-missing', look.evidence)
  }
  return diagnosis.findings
}

/** A second look may heal it. Not so what follows from bytes whose hashes are right: those never change. */
export function isSuspect({ code, cause }: Finding): boolean {
  return cause !== 'schema1' && code !== 'descriptor-mismatch'
}

/** Only then can anything be called an orphan: what was not read may need it. */
function sawEverything({ tags, manifests, unreadable }: Graph): boolean {
  const unseen = [...tags.values(), ...manifests.values()].some(
    (look) => look.is === 'unchecked' || look.is === 'skipped' || (look.is === 'damaged' && look.cause === 'too-large'),
  )
  return !unseen && unreadable.length === 0
}

interface Wound {
  readonly code: FindingCode
  readonly cause: FindingCause
  readonly evidence: Evidence
  /** The parents to blame; all of them where it is left out. */
  readonly parents?: readonly Digest[]
  /** Whatever reaches it. */
  readonly severity?: Severity
  readonly salvage?: Salvage | undefined
}

class Diagnosis {
  readonly findings: Finding[] = []
  readonly #graph: Graph
  readonly #rules: Rules
  readonly #lineage: Lineage
  readonly #knowsAll: boolean
  readonly #owners: UnreadOwners
  /** A manifest whose bytes are lost may need it. */
  readonly #inTheWay: readonly RepairStep[]

  constructor(graph: Graph, rules: Rules, knowsAll: boolean) {
    this.#knowsAll = knowsAll
    this.#graph = graph
    this.#rules = rules
    this.#lineage = new Lineage(graph)
    this.#owners = unreadOwners(graph, this.#lineage, knowsAll)
    this.#inTheWay = (graph.unnamed ?? []).flatMap(quarantinesOf)
  }

  /** What a tag without a link named last. */
  salvageOfTag(evidence: Evidence): Salvage | undefined {
    const digest = lastPushed(evidence)
    const salvage = digest === undefined ? undefined : salvageOf(this.#graph, digest)
    if (digest === undefined || salvage === undefined) return undefined
    // What is served may itself need something that is gone.
    const verdict = new Verdicts(this.#graph, this.#rules).of({ is: 'resolved', digest })
    const isServed = this.#graph.manifests.get(digest)?.is === 'read'
    return isServed && verdict !== 'intact' ? { ...salvage, isWhole: false } : salvage
  }

  /** @param platforms of the manifest that it names */
  danglingTag(
    tag: string,
    { cause, evidence }: { readonly cause: FindingCause; readonly evidence: Evidence },
    salvage?: Salvage,
    platforms: readonly string[] = [],
  ): void {
    this.findings.push({
      code: 'tag-dangling',
      cause,
      severity: 'error',
      repository: this.#graph.repository,
      tag,
      tags: [tag],
      parents: [],
      platforms,
      evidence,
      ...this.#leftOf(salvage),
    })
  }

  #leftOf(salvage: Salvage | undefined): Pick<Finding, 'salvage' | 'inTheWay'> {
    const isPushedAgain = this.#inTheWay.length > 0 && !salvage?.isWhole
    return { ...(salvage && { salvage }), ...(isPushedAgain && { inTheWay: this.#inTheWay }) }
  }

  manifest(digest: Digest, look: ManifestLook): void {
    switch (look.is) {
      case 'absent':
        this.#absentManifest(digest, look)
        return
      case 'damaged':
        this.#wound(digest, {
          code: 'manifest-damaged',
          cause: look.cause,
          evidence: look.evidence,
          salvage: look.cause === 'wrong-link' ? salvageOf(this.#graph, digest) : undefined,
        })
        return
      case 'read':
        this.#engineDependent(digest, look)
        if (this.#misclaims(digest, look)) return
        if (look.mislabelled) this.#mislabelled(digest, look.evidence, look.mislabelled)
        else this.#mediaTypes(digest, look)
        return
      case 'opaque':
        this.#misclaims(digest, look)
        return
      case 'unchecked':
      case 'skipped':
    }
  }

  blob(digest: Digest, look: BlobLook): void {
    if (look.is === 'damaged')
      this.#wound(digest, { ...look, evidence: { ...look.evidence, ...this.#namedBy(digest) } })
    if (look.is === 'absent') this.#absentBlob(digest, look)
    if (look.is === 'whole') this.#misclaims(digest, look)
  }

  stray(digest: Digest, code: FindingCode, cause: FindingCause, evidence: Evidence): void {
    this.#wound(digest, { code, cause, evidence, severity: 'warning' })
  }

  #absentManifest(digest: Digest, look: Extract<ManifestLook, { is: 'absent' }>): void {
    if (isLawfullyAbsent(look, this.#rules)) return
    const salvage = salvageOf(this.#graph, digest)
    const evidence: Evidence = {
      ...look.evidence,
      ...(salvage && {
        survivingManifest: salvage.file,
        survivingMediaType: salvage.mediaType,
        namedBlobs: salvage.named,
        presentBlobs: salvage.present,
      }),
    }
    const tags = this.#lineage.tagsAt(digest)
    const platforms = tags.length === 0 ? [] : this.#lineage.platforms(digest)
    for (const tag of tags)
      this.danglingTag(tag, { cause: look.cause, evidence: { ...evidence, digest } }, salvage, platforms)
    const named = this.#lineage.claims(digest).length > 0
    if (named && !mayLack(look, this.#rules))
      this.#wound(digest, { code: 'index-child-missing', cause: look.cause, evidence, salvage })
    if (!named && tags.length === 0) this.#looseRevision(digest, { cause: look.cause, evidence, salvage })
  }

  /** A revision that neither a tag nor an index names, and that leads nowhere. */
  #looseRevision(digest: Digest, seen: Pick<Wound, 'cause' | 'evidence' | 'salvage'>): void {
    const { cause } = seen
    if (cause === 'revision-link-missing') return
    const code = cause === 'revision-link-invalid' ? 'link-invalid' : 'orphan-revision-link'
    if (code === 'orphan-revision-link' && !this.#knowsAll) return
    const severity = this.#rules.roots === 'revisions' ? 'error' : 'warning'
    this.#wound(digest, { ...seen, code, severity })
  }

  #absentBlob(digest: Digest, look: Extract<BlobLook, { is: 'absent' }>): void {
    const missed = this.#lineage
      .claims(digest)
      .filter(({ descriptor }) => !isLawfulNeed(descriptor, look, this.#rules))
      .filter(({ role }) => role !== 'child' || !mayLack(look, this.#rules))
    const first = missed[0]
    if (first === undefined) return
    this.#wound(digest, {
      code: first.role === 'config' ? 'config-missing' : 'layer-missing',
      cause: look.cause,
      evidence: { ...look.evidence, ...claimedSize(first), ...this.#namedBy(digest) },
      parents: missed.map(({ parent }) => parent),
    })
  }

  /** A blob that an index names is uploaded as one: clients that copy images cannot copy such an index. */
  #namedBy(digest: Digest): Evidence {
    return this.#lineage.claims(digest).every(({ role }) => role === 'child') ? { namedByIndex: true } : {}
  }

  /** One finding for an object: a wrong size weighs more than a wrong type. */
  #misclaims(digest: Digest, look: ManifestLook | BlobLook): boolean {
    const wrong = this.#lineage.claims(digest).filter(({ descriptor }) => isMisclaimed(descriptor, look))
    const first = wrong[0]
    if (first === undefined || !('bytes' in look)) return false
    this.#wound(digest, {
      code: 'descriptor-mismatch',
      cause: 'size',
      evidence: { ...claimedSize(first), measuredSize: look.bytes },
      parents: wrong.map(({ parent }) => parent),
    })
    return true
  }

  #mislabelled(digest: Digest, seen: Evidence, { cause, evidence }: Mislabelled): void {
    this.#wound(digest, { code: 'served-as-wrong-type', cause, evidence: { ...seen, ...evidence } })
  }

  #mediaTypes(digest: Digest, look: Extract<ManifestLook, { is: 'read' }>): void {
    const measured = effectiveMediaType(look.manifest)
    const wrong = this.#lineage
      .claims(digest)
      .filter(({ descriptor: { mediaType } }) => mediaType !== '' && mediaType !== measured)
      .filter(({ descriptor }) => look.manifest.mediaType !== '' || !sameKind(descriptor.mediaType, look))
    const first = wrong[0]
    if (first === undefined) return
    this.#wound(digest, {
      code: 'descriptor-mismatch',
      cause: 'media-type',
      evidence: { claimedMediaType: first.descriptor.mediaType, measuredMediaType: measured },
      parents: wrong.map(({ parent }) => parent),
      severity: 'warning',
    })
  }

  #engineDependent(digest: Digest, look: Extract<ManifestLook, { is: 'read' }>): void {
    const cause = look.linkedAsLayer
      ? 'manifest-linked-as-layer'
      : look.manifest.is === 'schema1'
        ? 'schema1'
        : undefined
    if (cause === undefined) return
    const evidence: Evidence = { ...look.evidence, mediaType: effectiveMediaType(look.manifest) }
    const wound: Wound = { code: 'engine-dependent', cause, evidence }
    this.#wound(digest, this.#rules.engine === 3 ? wound : { ...wound, severity: 'warning' })
  }

  #wound(digest: Digest, wound: Wound): void {
    const tags = this.#lineage.tagsReaching(digest, wound.parents)
    const counts = tags.length > 0 || this.#rules.roots === 'revisions'
    const parents = wound.parents ?? this.#lineage.claims(digest).map(({ parent }) => parent)
    this.findings.push({
      code: wound.code,
      cause: wound.cause,
      severity: wound.severity ?? (counts ? 'error' : 'warning'),
      repository: this.#graph.repository,
      digest,
      tags,
      parents: [...new Set(parents)].sort(),
      platforms: this.#lineage.platforms(digest, wound.parents),
      evidence: wound.evidence,
      ...(wound.severity === 'warning' && !this.#owners.isNone && this.#mayBeNeeded(wound)),
      ...this.#leftOf(wound.salvage),
    })
  }

  #mayBeNeeded({ evidence, salvage }: Wound): Pick<Finding, 'evidence' | 'needers'> {
    const { needers, hasUnknownTag } = this.#owners
    const isNamed = needers !== undefined && !(salvage && hasUnknownTag)
    return { evidence: { ...evidence, ownersUnread: true }, ...(isNamed && { needers }) }
  }
}

function claimedSize({ descriptor }: Claim): Evidence {
  return descriptor.size === undefined ? {} : { claimedSize: descriptor.size }
}

/** A document that does not name its own type is what its parent says, as long as the parent means the same kind. */
function sameKind(claimed: string, { manifest }: Extract<ManifestLook, { is: 'read' }>): boolean {
  if (!isManifestType(claimed)) return true
  return isIndexType(claimed) ? manifest.is === 'index' : manifest.is !== 'index'
}
