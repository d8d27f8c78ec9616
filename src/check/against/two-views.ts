import { FINDINGS } from '../findings/catalogue.ts'
import type { CauseOf, FindingCause } from '../findings/code.ts'
import { type Finding, subjectOf } from '../findings/finding.ts'
import type { FindingKind } from '../findings/kind.ts'
import { isSuspect } from '../judge/diagnosis.ts'
import { tagTotalsOf } from '../judge/judge.ts'
import type { ObjectTotals, RepositoryReport, UncheckedRecord } from '../records.ts'
import { isSkip, StoreError } from '../store-error.ts'
import { mergeTags } from './two-view-tags.ts'
import { claimOf, isMissing, keyOf, type TwoViews, unlistedTags, type View } from './views.ts'

/**
 * Merges both views into one report. What storage lacks and the API still claims is masked by the API's cache. What is
 * intact in storage and refused by the API is reported as not served. For everything else storage is right.
 */
export function mergeViews(views: TwoViews, allTags: boolean): RepositoryReport {
  const { stored, served } = views
  const known = new Set(stored.report.findings.map(subjectOf))
  const masked = stored.report.findings.map((finding) => maskedOr(finding, views))
  const refused = served.report.findings.filter((finding) => isSuspect(finding) && !known.has(subjectOf(finding)))
  const findings = [
    ...masked,
    ...onlyClaimedTags(views),
    ...refused.filter(({ tag }) => tag === undefined || stored.tag(tag)).map((finding) => notServedOr(finding, stored)),
    ...refusedTags(views),
  ]
  const unchecked = unexplained(views)
  const tags = mergeTags(views, findings, unchecked)
  return {
    ...stored.report,
    tags: tags.filter(({ verdict }) => allTags || verdict !== 'intact'),
    tagTotals: tagTotalsOf(tags),
    manifests: moved(stored.report.manifests, findings.filter(isOfManifest), unchecked.filter(isManifest)),
    blobs: moved(stored.report.blobs, findings.filter(isOfBlob), unchecked.filter(isBlob)),
    findings,
    unchecked: [...stored.report.unchecked, ...unchecked],
  }
}

function maskedOr(finding: Finding, views: TwoViews): Finding {
  const claim = claimOf(finding)
  if (claim === undefined || !isMissing(finding) || finding.cause === 'not-served') return finding
  if (views.claims.get(keyOf(claim)) !== true) return finding
  const cannotBeHad = views.served.report.findings.some((other) => subjectOf(other) === subjectOf(finding))
  return {
    ...finding,
    code: 'masked-by-cache',
    cause: finding.cause,
    evidence: { ...finding.evidence, onDisk: finding.code, apiServes: !cannotBeHad },
  }
}

/** Tags that the API resolves and storage does not list. */
function onlyClaimedTags({ stored, served }: TwoViews): Finding[] {
  if (stored.report.unchecked.some(({ because }) => !isSkip(because))) return []
  return served.report.tags.flatMap(({ tag, digest, verdict, repository }): Finding[] => {
    if (stored.tag(tag) || digest === undefined || verdict === 'unchecked') return []
    const evidence = { onDisk: 'tag-dangling' as const, apiServes: verdict === 'intact', digest }
    return [
      {
        code: 'masked-by-cache',
        cause: 'link-missing',
        severity: 'error',
        repository,
        tag,
        tags: [tag],
        parents: [],
        platforms: [],
        evidence,
      },
    ]
  })
}

/** A finding of the API becomes `not-served-by-api` only if a tag that reaches it is intact on disk. */
function notServedOr(finding: Finding, stored: View): Finding {
  // Storage has no such headers to compare with: the code already means that only the API is wrong.
  if (finding.code === 'served-as-wrong-type') return finding
  const isWholeOnDisk = finding.tags.some((tag) => stored.tag(tag)?.verdict === 'intact')
  if (!isWholeOnDisk) return finding
  const { cause, evidence, code } = finding
  return isOfApi(cause)
    ? { ...finding, code: 'not-served-by-api', cause, evidence: { ...evidence, overApi: code } }
    : finding
}

/** With any other cause the bytes are right, so they are the same on disk. */
function isOfApi(cause: FindingCause): cause is CauseOf<'not-served-by-api'> {
  const causes: readonly FindingCause[] = FINDINGS['not-served-by-api'].causes
  return causes.includes(cause)
}

/** Tags that are intact on disk, and that the API neither lists nor serves. */
function refusedTags(views: TwoViews): Finding[] {
  const { stored, served } = views
  return unlistedTags(stored, served)
    .filter((claim) => views.claims.get(keyOf(claim)) === false)
    .map(({ reference: tag }) => ({
      code: 'not-served-by-api',
      cause: 'not-served',
      severity: 'error',
      repository: stored.report.repository,
      tag,
      tags: [tag],
      parents: [],
      platforms: [],
      evidence: { overApi: 'tag-dangling', digest: stored.tag(tag)?.digest ?? '' },
    }))
}

/** What the API could not answer, unless damage on disk explains it. */
function unexplained({ stored, served, claims }: TwoViews): UncheckedRecord[] {
  const broken = new Set(
    stored.report.findings.flatMap(({ tag, tags, digest }) => [tag ?? [], tags, digest ?? []].flat()),
  )
  const { repository } = stored.report
  const unlisted = unlistedTags(stored, served).flatMap((claim): UncheckedRecord[] => {
    const answer = claims.get(keyOf(claim))
    if (!(answer instanceof StoreError)) return []
    return [{ repository, tag: claim.reference, path: answer.place, because: answer.code, detail: answer.message }]
  })
  return [...served.report.unchecked.filter(({ tag, digest }) => !broken.has(tag ?? digest ?? '')), ...unlisted].filter(
    ({ tag, digest }) =>
      !stored.report.unchecked.some(
        (other) => other.tag === tag && other.digest === digest && (tag ?? digest) !== undefined,
      ),
  )
}

function isOfManifest(finding: Finding): boolean {
  return finding.code === 'served-as-wrong-type' || refusedAs(finding) === 'manifests'
}

function isOfBlob(finding: Finding): boolean {
  return refusedAs(finding) === 'blobs'
}

/** The kind of object that the API does not serve. */
function refusedAs(finding: Finding): FindingKind['counts'] {
  return finding.code === 'not-served-by-api' ? FINDINGS[finding.evidence.overApi].counts : undefined
}

function isManifest({ kind }: UncheckedRecord): boolean {
  return kind === 'manifest'
}

function isBlob({ kind }: UncheckedRecord): boolean {
  return kind === 'config' || kind === 'layer'
}

/** Counts intact objects that the API does not serve as damaged, and those it cannot answer for as unchecked. */
function moved(totals: ObjectTotals, refused: readonly Finding[], open: readonly UncheckedRecord[]): ObjectTotals {
  const damaged = Math.min(refused.length, totals.intact)
  const unchecked = Math.min(open.length, totals.intact - damaged)
  return {
    ...totals,
    intact: totals.intact - damaged - unchecked,
    damaged: totals.damaged + damaged,
    unchecked: totals.unchecked + unchecked,
  }
}
