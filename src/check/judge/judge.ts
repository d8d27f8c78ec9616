import type { Digest } from '../../oci/digest.ts'
import { compareText } from '../compare-text.ts'
import { subjectOf } from '../findings/finding.ts'
import type { ObjectKind, RepositoryReport, TagRecord, TagTotals, TagVerdict, UncheckedRecord } from '../records.ts'
import type { Rules } from '../rules.ts'
import { isSkip } from '../store-error.ts'
import type { BlobFact, Graph, ManifestFact, StrayLink, TagFact } from '../walk/graph.ts'
import { configsIn, coverageOf } from './coverage.ts'
import { diagnose, isSuspect } from './diagnosis.ts'
import { blobTotals, manifestTotals } from './object-totals.ts'
import { platformsUnder } from './platforms.ts'
import { isSound } from './sound.ts'
import { Verdicts } from './tag-verdict.ts'

/** @param allTags whether intact tags are listed too */
export function judge(graph: Graph, rules: Rules, allTags: boolean): RepositoryReport {
  return isSound(graph) ? judgeSound(graph, rules, allTags) : judgeInFull(graph, rules, allTags)
}

/** Only counts the objects: in a graph without damage every one is intact. */
function judgeSound(graph: Graph, rules: Rules, allTags: boolean): RepositoryReport {
  const manifests = { intact: graph.manifests.size, damaged: 0, unchecked: 0, skipped: 0 }
  const blobs = { intact: graph.blobs.size, damaged: 0, unchecked: 0, skipped: 0 }
  let checkedConfigs = 0
  if (blobs.intact > 0) for (const config of configsIn(graph)) if (graph.blobs.has(config)) checkedConfigs++
  return {
    repository: graph.repository,
    tags: allTags ? sortedByName(tagRecords(graph, rules, () => 'intact')) : [],
    tagTotals: { intact: graph.tags.size, degraded: 0, unpullable: 0, unchecked: 0 },
    manifests,
    blobs,
    manifestsNotReproved: rememberedIn(graph),
    coverage: coverageOf(graph, { manifests, blobs, checkedConfigs }),
    findings: [],
    unchecked: unreadableIn(graph),
  }
}

/** Judges each object separately, which is necessary if anything is wrong. */
export function judgeInFull(graph: Graph, rules: Rules, allTags: boolean): RepositoryReport {
  const verdicts = new Verdicts(graph, rules)
  const tags = tagRecords(graph, rules, (fact) => verdicts.of(fact))
  const manifests = manifestTotals(graph, rules)
  const configs = configsIn(graph)
  const { blobs, checkedConfigs } = blobTotals(graph, rules, configs)
  return {
    repository: graph.repository,
    tags: sortedByName(tags.filter(({ verdict }) => allTags || verdict !== 'intact')),
    tagTotals: tagTotalsOf(tags),
    manifests,
    blobs,
    manifestsNotReproved: rememberedIn(graph),
    coverage: coverageOf(graph, { manifests, blobs, checkedConfigs }),
    findings: diagnose(graph, rules),
    unchecked: uncheckedIn(graph, configs),
  }
}

function tagRecords(graph: Graph, rules: Rules, verdictOf: (fact: TagFact) => TagVerdict): TagRecord[] {
  return [...graph.tags].map(([tag, fact]) => ({
    repository: graph.repository,
    tag,
    digest: fact.is === 'resolved' ? fact.digest : undefined,
    verdict: verdictOf(fact),
    ...(rules.platform !== undefined && fact.is === 'resolved' && { platforms: platformsUnder(graph, fact.digest) }),
  }))
}

function sortedByName(tags: TagRecord[]): readonly TagRecord[] {
  return tags.sort((a, b) => compareText(a.tag, b.tag))
}

/** The subjects that the second look has to check again. */
export function suspectsOf(report: RepositoryReport): ReadonlySet<string> {
  return new Set(report.findings.filter(isSuspect).map(subjectOf))
}

/** Whether every object was checked. A skipped one does not make the run incomplete. */
export function isComplete(unchecked: readonly UncheckedRecord[]): boolean {
  return unchecked.every(({ because }) => isSkip(because))
}

/** Counts tags by verdict. */
export function tagTotalsOf(tags: readonly TagRecord[]): TagTotals {
  const totals = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }
  for (const { verdict } of tags) totals[verdict]++
  return totals
}

function rememberedIn(graph: Graph): number {
  let remembered = 0
  for (const fact of graph.manifests.values()) if (fact.is === 'read' && fact.remembered) remembered++
  return remembered
}

function unreadableIn({ repository, unreadable }: Graph): UncheckedRecord[] {
  return unreadable.map(({ place, because, detail }) => ({ repository, path: place, because, detail }))
}

function uncheckedIn(graph: Graph, configs: ReadonlySet<Digest>): readonly UncheckedRecord[] {
  const { repository } = graph
  const records = unreadableIn(graph)
  for (const [tag, fact] of graph.tags)
    if (fact.is === 'unchecked')
      records.push({ repository, tag, path: fact.place, because: fact.because, detail: fact.detail })
  const add = (digest: Digest, fact: ManifestFact | BlobFact | StrayLink, kind: ObjectKind): void => {
    if (fact.is === 'skipped') records.push({ repository, digest, because: fact.because, kind })
    if (fact.is === 'unchecked')
      records.push({ repository, digest, path: fact.place, because: fact.because, detail: fact.detail, kind })
  }
  for (const [digest, fact] of graph.manifests) add(digest, fact, 'manifest')
  for (const [digest, fact] of graph.blobs) add(digest, fact, configs.has(digest) ? 'config' : 'layer')
  for (const [digest, fact] of graph.strayLinks) add(digest, fact, 'layer-link')
  return records
}
