import type { Digest } from '../oci/digest.ts'
import { compareText } from './compare-text.ts'
import { configsIn, coverageOf, type RepositoryCoverage } from './coverage.ts'
import { diagnose, isSuspect } from './diagnosis.ts'
import { type Finding, subjectOf } from './finding.ts'
import type { BlobLook, Graph, ManifestLook, StrayLink } from './graph.ts'
import { type PlatformRecord, platformsUnder } from './platforms.ts'
import type { Rules } from './rules.ts'
import { isSkip, type SkipCode, type UncheckedCode } from './store-error.ts'
import {
  isBrokenChild,
  isBrokenNeed,
  isLawfullyAbsent,
  isMisclaimed,
  isRefused,
  mayLack,
  type TagVerdict,
  Verdicts,
} from './verdict.ts'

/** Objects by how they end; the sum is what was visited. */
export interface ObjectTotals {
  readonly intact: number
  readonly damaged: number
  readonly unchecked: number
  readonly skipped: number
}

export type TagTotals = Readonly<Record<TagVerdict, number>>

export interface TagRecord {
  readonly repository: string
  readonly tag: string
  readonly digest: string | undefined
  readonly verdict: TagVerdict
  /** What there is for which machine; only where a platform is asked for. */
  readonly platforms?: readonly PlatformRecord[]
}

/** An object or a place that could not be, or was not to be, checked. */
export interface UncheckedRecord {
  readonly repository: string | undefined
  readonly tag?: string
  readonly digest?: string
  readonly path?: string
  /** What the operator asked for, where nothing of it is there. */
  readonly pattern?: string
  readonly because: UncheckedCode | SkipCode
  readonly detail?: string
  /** What the digest is of. */
  readonly kind?: ObjectKind
}

export type ObjectKind = 'manifest' | 'config' | 'layer' | 'layer-link'

/** What is said about one repository. Small where nothing is wrong. */
export interface RepositoryReport {
  readonly repository: string
  /** Every tag, or only those that are not intact, sorted by name. */
  readonly tags: readonly TagRecord[]
  readonly tagTotals: TagTotals
  readonly manifests: ObjectTotals
  readonly blobs: ObjectTotals
  /** Manifests that are still served, and whose bytes an earlier run has proved. */
  readonly manifestsNotReproved: number
  readonly coverage: RepositoryCoverage
  readonly findings: readonly Finding[]
  readonly unchecked: readonly UncheckedRecord[]
}

/** @param allTags whether intact tags are listed too */
export function judge(graph: Graph, rules: Rules, allTags: boolean): RepositoryReport {
  const verdicts = new Verdicts(graph, rules)
  const tags = [...graph.tags].map(([tag, look]) => ({
    repository: graph.repository,
    tag,
    digest: look.is === 'resolved' ? look.digest : undefined,
    verdict: verdicts.of(look),
    ...(rules.platform !== undefined && look.is === 'resolved' && { platforms: platformsUnder(graph, look.digest) }),
  }))
  const manifests = manifestTotals(graph, rules)
  const configs = configsIn(graph)
  const { blobs, checkedConfigs } = blobTotals(graph, rules, configs)
  return {
    repository: graph.repository,
    tags: tags.filter(({ verdict }) => allTags || verdict !== 'intact').sort((a, b) => compareText(a.tag, b.tag)),
    tagTotals: tagTotalsOf(tags),
    manifests,
    blobs,
    manifestsNotReproved: rememberedIn(graph),
    coverage: coverageOf(graph, { manifests, blobs, checkedConfigs }),
    findings: diagnose(graph, rules),
    unchecked: uncheckedIn(graph, configs),
  }
}

/** What the second look has to look at again. */
export function suspectsOf(report: RepositoryReport): ReadonlySet<string> {
  return new Set(report.findings.filter(isSuspect).map(subjectOf))
}

/** Whether every object was looked at: a skipped one is looked at enough. */
export function isComplete(unchecked: readonly UncheckedRecord[]): boolean {
  return unchecked.every(({ because }) => isSkip(because))
}

function tagTotalsOf(tags: readonly TagRecord[]): TagTotals {
  const totals = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }
  for (const { verdict } of tags) totals[verdict]++
  return totals
}

function manifestTotals(graph: Graph, rules: Rules): ObjectTotals {
  const claimants = claimantsOfWrongSizes(graph, rules)
  const named = namedByIndexes(graph)
  const tagged = new Set([...graph.tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : [])))
  const totals = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
  for (const [digest, look] of graph.manifests) {
    const state = manifestState(look, rules, { tagged: tagged.has(digest), named: named.has(digest) })
    if (state !== undefined) totals[claimants.has(digest) ? 'damaged' : state]++
  }
  return totals
}

/** `undefined`: not an object that counts: lawfully missing, or a link that leads nowhere and that nothing needs. */
function manifestState(
  look: ManifestLook,
  rules: Rules,
  by: { readonly tagged: boolean; readonly named: boolean },
): keyof ObjectTotals | undefined {
  switch (look.is) {
    case 'absent':
      if (isLawfullyAbsent(look, rules)) return undefined
      if (by.tagged || (by.named && !mayLack(look, rules))) return 'damaged'
      return rules.roots === 'revisions' && !by.named && look.cause !== 'revision-link-missing' ? 'damaged' : undefined
    case 'read':
      return isRefused(look, rules) ? 'damaged' : 'intact'
    case 'opaque':
      return 'intact'
    case 'damaged':
    case 'unchecked':
    case 'skipped':
      return look.is
  }
}

function blobTotals(
  graph: Graph,
  rules: Rules,
  configs: ReadonlySet<Digest>,
): { readonly blobs: ObjectTotals; readonly checkedConfigs: number } {
  const blobs = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
  let checkedConfigs = 0
  const missed = missedBlobs(graph, rules)
  for (const [digest, look] of graph.blobs) {
    if (look.is === 'absent' && !missed.has(digest)) continue
    const state = look.is === 'whole' ? 'intact' : look.is === 'absent' ? 'damaged' : look.is
    blobs[state]++
    if ((state === 'intact' || state === 'damaged') && configs.has(digest)) checkedConfigs++
  }
  return { blobs, checkedConfigs }
}

/** Manifests whose own claim of a size is wrong although the object it names is whole. */
function claimantsOfWrongSizes(graph: Graph, rules: Rules): ReadonlySet<Digest> {
  const claimants = new Set<Digest>()
  for (const [digest, look] of graph.manifests) {
    if (look.is !== 'read') continue
    const { manifest } = look
    const claims = manifest.is === 'index' ? manifest.children : manifest.layers
    const objects: ReadonlyMap<Digest, ManifestLook | BlobLook> =
      manifest.is === 'index' ? graph.manifests : graph.blobs
    const all = manifest.is === 'image' ? [manifest.config, ...claims] : claims
    if (rules.depth === 'graph' && manifest.is !== 'index') continue
    for (const claim of all) {
      const object = objects.get(claim.digest) ?? graph.blobs.get(claim.digest)
      if (object && isMisclaimed(claim, object)) claimants.add(digest)
    }
  }
  return claimants
}

function rememberedIn(graph: Graph): number {
  let remembered = 0
  for (const look of graph.manifests.values()) if (look.is === 'read' && look.remembered) remembered++
  return remembered
}

/** Manifests that an index names. */
function namedByIndexes(graph: Graph): ReadonlySet<Digest> {
  const named = new Set<Digest>()
  for (const look of graph.manifests.values())
    if (look.is === 'read' && look.manifest.is === 'index')
      for (const { digest } of look.manifest.children) named.add(digest)
  return named
}

/** Blobs that are absent and that at least one parent cannot do without. */
function missedBlobs(graph: Graph, rules: Rules): ReadonlySet<Digest> {
  const missed = new Set<Digest>()
  if (![...graph.blobs.values()].some(({ is }) => is === 'absent')) return missed
  for (const look of graph.manifests.values()) {
    if (look.is !== 'read') continue
    const { manifest } = look
    const isBroken = manifest.is === 'index' ? isBrokenChild : isBrokenNeed
    const needs = manifest.is === 'index' ? manifest.children : manifest.layers
    for (const need of manifest.is === 'image' ? [manifest.config, ...needs] : needs) {
      const blob = graph.blobs.get(need.digest)
      if (blob?.is === 'absent' && isBroken(need, blob, rules)) missed.add(need.digest)
    }
  }
  return missed
}

function uncheckedIn(graph: Graph, configs: ReadonlySet<Digest>): readonly UncheckedRecord[] {
  const { repository } = graph
  const records: UncheckedRecord[] = graph.unreadable.map(({ place, because, detail }) => ({
    repository,
    path: place,
    because,
    detail,
  }))
  for (const [tag, look] of graph.tags)
    if (look.is === 'unchecked')
      records.push({ repository, tag, path: look.place, because: look.because, detail: look.detail })
  const add = (digest: Digest, look: ManifestLook | BlobLook | StrayLink, kind: ObjectKind): void => {
    if (look.is === 'skipped') records.push({ repository, digest, because: look.because, kind })
    if (look.is === 'unchecked')
      records.push({ repository, digest, path: look.place, because: look.because, detail: look.detail, kind })
  }
  for (const [digest, look] of graph.manifests) add(digest, look, 'manifest')
  for (const [digest, look] of graph.blobs) add(digest, look, configs.has(digest) ? 'config' : 'layer')
  for (const [digest, look] of graph.strayLinks) add(digest, look, 'layer-link')
  return records
}
