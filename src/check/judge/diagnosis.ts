import type { Digest } from '../../oci/digest.ts'
import { effectiveMediaType } from '../../oci/manifest.ts'
import { isIndexType, isManifestType } from '../../oci/media-type.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { Finding } from '../findings/finding.ts'
import { salvageOf } from '../repair/salvage.ts'
import type { Salvage } from '../repair/step.ts'
import type { Rules } from '../rules.ts'
import type { BlobFact, Graph, ManifestFact, StrayLink } from '../walk/graph.ts'
import type { Claim } from './references.ts'
import { RepositoryFindings } from './repository-findings.ts'
import { isSound } from './sound.ts'
import { isAllowedNeed, isAllowedToBeAbsent, isMisclaimed, mayLack, needs3 } from './tag-verdict.ts'

type Absent = Extract<ManifestFact, { is: 'absent' }>
type Read = Extract<ManifestFact, { is: 'read' }>

/** Everything worth reporting about one repository, in the order: tags, manifests, blobs, links. */
export function diagnose(graph: Graph, rules: Rules): readonly Finding[] {
  if (isSound(graph)) return []
  const isComplete = sawEverything(graph)
  const findings = new RepositoryFindings(graph, rules, isComplete)
  const diagnosis = new Diagnosis({ graph, rules, findings, isComplete })
  for (const [tag, fact] of graph.tags) {
    if (fact.is === 'dangling' && !isAllowedToBeAbsent(fact, rules))
      findings.danglingTag(tag, fact, findings.salvageOfTag(fact.evidence))
  }
  for (const [digest, fact] of graph.manifests) diagnosis.manifest(digest, fact)
  for (const [digest, fact] of graph.blobs) diagnosis.blob(digest, fact)
  for (const [digest, fact] of graph.strayLinks) diagnosis.strayLink(digest, fact)
  return findings.found
}

/**
 * Whether a second look may clear it. A finding that follows from bytes whose hashes are right stays: they never change. Nor
 * does a tag that was pushed again change back.
 */
export function isSuspect({ code, cause }: Pick<Finding, 'code' | 'cause'>): boolean {
  return cause !== 'schema1' && code !== 'descriptor-mismatch' && code !== 'image-moved'
}

/** Otherwise nothing can be called an orphan: what was not read may need it. */
function sawEverything({ tags, manifests, unreadable }: Graph): boolean {
  const unseen = [...tags.values(), ...manifests.values()].some(
    (fact) => fact.is === 'unchecked' || fact.is === 'skipped' || (fact.is === 'damaged' && fact.cause === 'too-large'),
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

  manifest(digest: Digest, fact: ManifestFact): void {
    switch (fact.is) {
      case 'absent':
        this.#absentManifest(digest, fact)
        return
      case 'damaged': {
        const { cause, evidence } = fact
        const salvage = cause === 'wrong-link' ? salvageOf(this.#graph, digest) : undefined
        this.#findings.object(digest, { code: 'manifest-damaged', cause, evidence, salvage })
        return
      }
      case 'read':
        this.#engineDependent(digest, fact)
        if (this.#misclaims(digest, fact)) return
        if (fact.mislabelled) this.#mislabelled(digest, fact, fact.mislabelled)
        else this.#mediaTypes(digest, fact)
        return
      case 'opaque':
        this.#misclaims(digest, fact)
        return
      case 'unchecked':
      case 'skipped':
    }
  }

  blob(digest: Digest, fact: BlobFact): void {
    if (fact.is === 'damaged') {
      const evidence = { ...fact.evidence, ...this.#namedBy(digest) }
      // Each code has its own causes: the compiler pairs them only where the code is known.
      if (fact.code === 'blob-size-mismatch')
        this.#findings.object(digest, { code: fact.code, cause: fact.cause, evidence })
      else this.#findings.object(digest, { code: fact.code, cause: fact.cause, evidence })
    }
    if (fact.is === 'absent') this.#absentBlob(digest, fact)
    if (fact.is === 'whole') this.#misclaims(digest, fact)
  }

  strayLink(digest: Digest, fact: StrayLink): void {
    const severity = 'warning'
    if (fact.is === 'invalid')
      this.#findings.object(digest, { code: 'link-invalid', cause: fact.cause, evidence: fact.evidence, severity })
    if (fact.is === 'orphan' && !this.#rules.pullThrough && this.#isComplete) {
      const { evidence } = fact
      this.#findings.object(digest, { code: 'orphan-layer-link', cause: 'blob-missing', evidence, severity })
    }
  }

  #absentManifest(digest: Digest, fact: Absent): void {
    if (isAllowedToBeAbsent(fact, this.#rules)) return
    const salvage = salvageOf(this.#graph, digest)
    const { cause } = fact
    const evidence = { ...fact.evidence, ...(salvage && survivorIn(salvage)) }
    const { references } = this.#findings
    const tags = references.tagsAt(digest)
    const platforms = tags.length === 0 ? [] : references.platforms(digest)
    for (const tag of tags)
      this.#findings.danglingTag(tag, { cause, evidence: { ...evidence, digest } }, salvage, platforms)
    const isNamed = references.claims(digest).length > 0
    if (isNamed && !mayLack(fact, this.#rules))
      this.#findings.object(digest, { code: 'index-child-missing', cause, evidence, salvage })
    if (!isNamed && tags.length === 0) this.#looseRevision(digest, { ...fact, evidence }, salvage)
  }

  /** A revision that neither a tag nor an index names, and whose content is not there. */
  #looseRevision(digest: Digest, { cause, evidence }: Absent, salvage: Salvage | undefined): void {
    const severity = this.#rules.roots === 'revisions' ? 'error' : 'warning'
    if (cause === 'revision-link-invalid')
      this.#findings.object(digest, { code: 'link-invalid', cause, evidence, salvage, severity })
    if (cause === 'manifest-missing' && this.#isComplete)
      this.#findings.object(digest, { code: 'orphan-revision-link', cause, evidence, salvage, severity })
  }

  #absentBlob(digest: Digest, fact: Extract<BlobFact, { is: 'absent' }>): void {
    const missed = this.#findings.references
      .claims(digest)
      .filter(({ descriptor }) => !isAllowedNeed(descriptor, fact, this.#rules))
      .filter(({ role }) => role !== 'child' || !mayLack(fact, this.#rules))
    const first = missed[0]
    if (first === undefined) return
    this.#findings.object(digest, {
      code: first.role === 'config' ? 'config-missing' : 'layer-missing',
      cause: fact.cause,
      evidence: { ...fact.evidence, ...claimedSize(first), ...this.#namedBy(digest) },
      parents: parentsOf(missed),
    })
  }

  /** A blob that an index names has to be uploaded as a blob: clients that copy images cannot copy such an index. */
  #namedBy(digest: Digest): Evidence {
    const claims = this.#findings.references.claims(digest)
    return claims.every(({ role }) => role === 'child') ? { namedByIndex: true } : {}
  }

  /** At most one finding for an object: a wrong size counts before a wrong type. */
  #misclaims(digest: Digest, fact: ManifestFact | BlobFact): boolean {
    const wrong = this.#findings.references.claims(digest).filter(({ descriptor }) => isMisclaimed(descriptor, fact))
    const first = wrong[0]
    if (first === undefined || !('bytes' in fact)) return false
    const evidence = { ...claimedSize(first), measuredSize: fact.bytes }
    this.#findings.object(digest, { code: 'descriptor-mismatch', cause: 'size', evidence, parents: parentsOf(wrong) })
    return true
  }

  #mislabelled(digest: Digest, fact: Read, { cause, evidence }: NonNullable<Read['mislabelled']>): void {
    this.#findings.object(digest, {
      code: 'served-as-wrong-type',
      cause,
      evidence: { ...fact.evidence, ...evidence },
    })
  }

  #mediaTypes(digest: Digest, fact: Read): void {
    const measured = effectiveMediaType(fact.manifest)
    const wrong = this.#findings.references
      .claims(digest)
      .filter(({ descriptor: { mediaType } }) => mediaType !== '' && mediaType !== measured)
      .filter(({ descriptor }) => fact.manifest.mediaType !== '' || !isSameKind(descriptor.mediaType, fact))
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

  #engineDependent(digest: Digest, fact: Read): void {
    const isSchema1 = fact.manifest.is === 'schema1'
    if (!fact.linkedAsLayer && !isSchema1) return
    this.#findings.object(digest, {
      code: 'engine-dependent',
      cause: fact.linkedAsLayer ? 'manifest-linked-as-layer' : 'schema1',
      evidence: { ...fact.evidence, mediaType: effectiveMediaType(fact.manifest) },
      ...(!needs3(this.#rules) && { severity: 'warning' }),
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
