import type { Digest } from '../../oci/digest.ts'
import { effectiveMediaType } from '../../oci/manifest.ts'
import { isIndexType, isManifestType } from '../../oci/media-type.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { Finding } from '../findings/finding.ts'
import { salvageOf } from '../repair/salvage.ts'
import type { Salvage } from '../repair/step.ts'
import type { Rules } from '../rules.ts'
import type { BlobLook, Graph, ManifestLook, StrayLink } from '../walk/graph.ts'
import type { Claim } from './references.ts'
import { RepositoryFindings } from './repository-findings.ts'
import { isSound } from './sound.ts'
import { isAllowedNeed, isAllowedToBeAbsent, isMisclaimed, mayLack } from './tag-verdict.ts'

type Absent = Extract<ManifestLook, { is: 'absent' }>
type Read = Extract<ManifestLook, { is: 'read' }>

/** Everything worth reporting about one repository, in the order: tags, manifests, blobs, links. */
export function diagnose(graph: Graph, rules: Rules): readonly Finding[] {
  if (isSound(graph)) return []
  const isComplete = sawEverything(graph)
  const findings = new RepositoryFindings(graph, rules, isComplete)
  const diagnosis = new Diagnosis({ graph, rules, findings, isComplete })
  for (const [tag, look] of graph.tags) {
    if (look.is === 'dangling' && !isAllowedToBeAbsent(look, rules))
      findings.danglingTag(tag, look, findings.salvageOfTag(look.evidence))
  }
  for (const [digest, look] of graph.manifests) diagnosis.manifest(digest, look)
  for (const [digest, look] of graph.blobs) diagnosis.blob(digest, look)
  for (const [digest, look] of graph.strayLinks) diagnosis.strayLink(digest, look)
  return findings.found
}

/** Whether a second look may clear it. A finding that follows from bytes whose hashes are right stays: they never change. */
export function isSuspect({ code, cause }: Pick<Finding, 'code' | 'cause'>): boolean {
  return cause !== 'schema1' && code !== 'descriptor-mismatch'
}

/** Otherwise nothing can be called an orphan: what was not read may need it. */
function sawEverything({ tags, manifests, unreadable }: Graph): boolean {
  const unseen = [...tags.values(), ...manifests.values()].some(
    (look) => look.is === 'unchecked' || look.is === 'skipped' || (look.is === 'damaged' && look.cause === 'too-large'),
  )
  return !unseen && unreadable.length === 0
}

/** Finds what is wrong with each object of a repository. */
class Diagnosis {
  readonly #findings: RepositoryFindings
  readonly #graph: Graph
  readonly #rules: Rules
  readonly #isComplete: boolean

  constructor(repository: {
    readonly graph: Graph
    readonly rules: Rules
    readonly findings: RepositoryFindings
    readonly isComplete: boolean
  }) {
    this.#graph = repository.graph
    this.#rules = repository.rules
    this.#findings = repository.findings
    this.#isComplete = repository.isComplete
  }

  manifest(digest: Digest, look: ManifestLook): void {
    switch (look.is) {
      case 'absent':
        this.#absentManifest(digest, look)
        return
      case 'damaged': {
        const { cause, evidence } = look
        const salvage = cause === 'wrong-link' ? salvageOf(this.#graph, digest) : undefined
        this.#findings.object(digest, { code: 'manifest-damaged', cause, evidence, salvage })
        return
      }
      case 'read':
        this.#engineDependent(digest, look)
        if (this.#misclaims(digest, look)) return
        if (look.mislabelled) this.#mislabelled(digest, look, look.mislabelled)
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
    if (look.is === 'damaged') {
      const evidence = { ...look.evidence, ...this.#namedBy(digest) }
      if (look.code === 'blob-size-mismatch')
        this.#findings.object(digest, { code: look.code, cause: look.cause, evidence })
      else this.#findings.object(digest, { code: look.code, cause: look.cause, evidence })
    }
    if (look.is === 'absent') this.#absentBlob(digest, look)
    if (look.is === 'whole') this.#misclaims(digest, look)
  }

  strayLink(digest: Digest, look: StrayLink): void {
    const severity = 'warning'
    if (look.is === 'invalid')
      this.#findings.object(digest, { code: 'link-invalid', cause: look.cause, evidence: look.evidence, severity })
    if (look.is === 'orphan' && !this.#rules.pullThrough && this.#isComplete) {
      const { evidence } = look
      this.#findings.object(digest, { code: 'orphan-layer-link', cause: 'blob-missing', evidence, severity })
    }
  }

  #absentManifest(digest: Digest, look: Absent): void {
    if (isAllowedToBeAbsent(look, this.#rules)) return
    const salvage = salvageOf(this.#graph, digest)
    const { cause } = look
    const evidence = { ...look.evidence, ...(salvage && survivorIn(salvage)) }
    const { references } = this.#findings
    const tags = references.tagsAt(digest)
    const platforms = tags.length === 0 ? [] : references.platforms(digest)
    for (const tag of tags)
      this.#findings.danglingTag(tag, { cause, evidence: { ...evidence, digest } }, salvage, platforms)
    const isNamed = references.claims(digest).length > 0
    if (isNamed && !mayLack(look, this.#rules))
      this.#findings.object(digest, { code: 'index-child-missing', cause, evidence, salvage })
    if (!isNamed && tags.length === 0) this.#looseRevision(digest, { ...look, evidence }, salvage)
  }

  /** A revision that neither a tag nor an index names, and whose content is not there. */
  #looseRevision(digest: Digest, { cause, evidence }: Absent, salvage: Salvage | undefined): void {
    const severity = this.#rules.roots === 'revisions' ? 'error' : 'warning'
    if (cause === 'revision-link-invalid')
      this.#findings.object(digest, { code: 'link-invalid', cause, evidence, salvage, severity })
    if (cause === 'manifest-missing' && this.#isComplete)
      this.#findings.object(digest, { code: 'orphan-revision-link', cause, evidence, salvage, severity })
  }

  #absentBlob(digest: Digest, look: Extract<BlobLook, { is: 'absent' }>): void {
    const missed = this.#findings.references
      .claims(digest)
      .filter(({ descriptor }) => !isAllowedNeed(descriptor, look, this.#rules))
      .filter(({ role }) => role !== 'child' || !mayLack(look, this.#rules))
    const first = missed[0]
    if (first === undefined) return
    this.#findings.object(digest, {
      code: first.role === 'config' ? 'config-missing' : 'layer-missing',
      cause: look.cause,
      evidence: { ...look.evidence, ...claimedSize(first), ...this.#namedBy(digest) },
      parents: parentsOf(missed),
    })
  }

  /** A blob that an index names has to be uploaded as a blob: clients that copy images cannot copy such an index. */
  #namedBy(digest: Digest): Evidence {
    const claims = this.#findings.references.claims(digest)
    return claims.every(({ role }) => role === 'child') ? { namedByIndex: true } : {}
  }

  /** At most one finding for an object: a wrong size counts before a wrong type. */
  #misclaims(digest: Digest, look: ManifestLook | BlobLook): boolean {
    const wrong = this.#findings.references.claims(digest).filter(({ descriptor }) => isMisclaimed(descriptor, look))
    const first = wrong[0]
    if (first === undefined || !('bytes' in look)) return false
    const evidence = { ...claimedSize(first), measuredSize: look.bytes }
    this.#findings.object(digest, { code: 'descriptor-mismatch', cause: 'size', evidence, parents: parentsOf(wrong) })
    return true
  }

  #mislabelled(digest: Digest, look: Read, { cause, evidence }: NonNullable<Read['mislabelled']>): void {
    this.#findings.object(digest, {
      code: 'served-as-wrong-type',
      cause,
      evidence: { ...look.evidence, ...evidence },
    })
  }

  #mediaTypes(digest: Digest, look: Read): void {
    const measured = effectiveMediaType(look.manifest)
    const wrong = this.#findings.references
      .claims(digest)
      .filter(({ descriptor: { mediaType } }) => mediaType !== '' && mediaType !== measured)
      .filter(({ descriptor }) => look.manifest.mediaType !== '' || !isSameKind(descriptor.mediaType, look))
    const first = wrong[0]
    if (first === undefined) return
    this.#findings.object(digest, {
      code: 'descriptor-mismatch',
      cause: 'media-type',
      evidence: { claimedMediaType: first.descriptor.mediaType, measuredMediaType: measured },
      parents: parentsOf(wrong),
      severity: 'warning',
    })
  }

  #engineDependent(digest: Digest, look: Read): void {
    const isSchema1 = look.manifest.is === 'schema1'
    if (!look.linkedAsLayer && !isSchema1) return
    this.#findings.object(digest, {
      code: 'engine-dependent',
      cause: look.linkedAsLayer ? 'manifest-linked-as-layer' : 'schema1',
      evidence: { ...look.evidence, mediaType: effectiveMediaType(look.manifest) },
      ...(this.#rules.engine !== 3 && { severity: 'warning' }),
    })
  }
}

function survivorIn({ file, mediaType, named, present }: Salvage): Evidence {
  return { survivingManifest: file, survivingMediaType: mediaType, namedBlobs: named, presentBlobs: present }
}

function parentsOf(claims: readonly Claim[]): readonly Digest[] {
  return claims.map(({ parent }) => parent)
}

function claimedSize({ descriptor }: Claim): Evidence {
  return descriptor.size === undefined ? {} : { claimedSize: descriptor.size }
}

/** A document without `mediaType` has the type that its parent claims, if that type is of the same kind. */
function isSameKind(claimed: string, { manifest }: Read): boolean {
  if (!isManifestType(claimed)) return true
  return isIndexType(claimed) ? manifest.is === 'index' : manifest.is !== 'index'
}
