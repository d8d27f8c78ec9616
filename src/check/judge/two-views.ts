import { compareText } from '../compare-text.ts'
import { FINDINGS } from '../findings/catalogue.ts'
import type { CauseOf, FindingCause } from '../findings/code.ts'
import type { MaskedCode } from '../findings/evidence.ts'
import { type Finding, type FindingOf, subjectOf } from '../findings/finding.ts'
import type { FindingKind } from '../findings/kind.ts'
import type { ObjectTotals, RepositoryReport, TagRecord, TagTotals, TagVerdict, UncheckedRecord } from '../records.ts'
import { isSkip, StoreError } from '../store-error.ts'
import { isSuspect } from './diagnosis.ts'

/** Something that a registry may claim to have, as its API names it. */
export interface Claimed {
  readonly kind: 'manifests' | 'blobs'
  /** A tag or a digest. */
  readonly reference: string
}

export function keyOf({ kind, reference }: Claimed): string {
  return `${kind}/${reference}`
}

/** What storage and API say of one repository. */
export interface TwoViews {
  readonly stored: View
  readonly served: View
  /** What the API answers when only asked whether it has a thing, by {@link keyOf}. */
  readonly claims: ReadonlyMap<string, boolean | StoreError>
}

/** One side's report, with all tags. */
export class View {
  readonly report: RepositoryReport
  readonly #tags: ReadonlyMap<string, TagRecord>

  constructor(report: RepositoryReport) {
    this.report = report
    this.#tags = new Map(report.tags.map((record) => [record.tag, record]))
  }

  tag(name: string): TagRecord | undefined {
    return this.#tags.get(name)
  }
}

/** What has to be asked of the API beside its own report: what storage lacks, and tags that the API does not list. */
export function questionsFor(stored: View, served: View): readonly Claimed[] {
  const lacking = stored.report.findings.flatMap((finding) => claimOf(finding) ?? [])
  return [...lacking, ...unlistedTags(stored, served)]
}

/**
 * One report from both views. What storage lacks and the API still claims is masked by its cache; what storage has whole
 * and the API does not serve is not served by it. Storage is the truth about everything else.
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
    tagTotals: totalsOf(tags),
    manifests: moved(stored.report.manifests, findings.filter(isOfManifest), unchecked.filter(isManifest)),
    blobs: moved(stored.report.blobs, findings.filter(isOfBlob), unchecked.filter(isBlob)),
    findings,
    unchecked: [...stored.report.unchecked, ...unchecked],
  }
}

/** How the API is asked for what storage lacks; `undefined`: it is there, and wrong. */
function claimOf(finding: Finding): Claimed | undefined {
  if (!isMissing(finding)) return undefined
  const { code, tag, digest } = finding
  const reference = code === 'tag-dangling' ? tag : digest
  const kind = code === 'config-missing' || code === 'layer-missing' ? 'blobs' : 'manifests'
  return reference === undefined ? undefined : { kind, reference }
}

function isMissing(finding: Finding): finding is FindingOf<MaskedCode> {
  return MISSING.has(finding.code)
}

const MISSING: ReadonlySet<string> = new Set<MaskedCode>([
  'tag-dangling',
  'index-child-missing',
  'config-missing',
  'layer-missing',
])

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

/** Tags that the API resolves and that storage does not even list. */
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

/** What the API finds wrong is its own affair only where the tag that leads there is whole on disk. */
function notServedOr(finding: Finding, stored: View): Finding {
  // Storage has no such headers to compare with: the code says already that it is the API's own affair.
  if (finding.code === 'served-as-wrong-type') return finding
  const isWholeOnDisk = finding.tags.some((tag) => stored.tag(tag)?.verdict === 'intact')
  if (!isWholeOnDisk) return finding
  const { cause, evidence, code } = finding
  return isOfApi(cause)
    ? { ...finding, code: 'not-served-by-api', cause, evidence: { ...evidence, overApi: code } }
    : finding
}

/** Any other cause says that the bytes are right: then they are on disk as they are served. */
function isOfApi(cause: FindingCause): cause is CauseOf<'not-served-by-api'> {
  const causes: readonly FindingCause[] = FINDINGS['not-served-by-api'].causes
  return causes.includes(cause)
}

function unlistedTags(stored: View, served: View): Claimed[] {
  if (served.report.unchecked.some(({ tag, digest }) => tag === undefined && digest === undefined)) return []
  return stored.report.tags
    .filter(({ tag, verdict }) => verdict === 'intact' && !served.tag(tag))
    .map(({ tag }) => ({ kind: 'manifests', reference: tag }))
}

/** Tags that are whole on disk, and that the API neither lists nor serves. */
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

/** What the API could not answer for, unless what is wrong on disk explains it. */
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

/** From bad to good. */
const WORST_FIRST: readonly TagVerdict[] = ['unpullable', 'degraded', 'unchecked', 'intact']

function mergeTags(
  { stored, served }: TwoViews,
  findings: readonly Finding[],
  unchecked: readonly UncheckedRecord[],
): TagRecord[] {
  const refused = new Set(findings.filter(({ code }) => code === 'not-served-by-api').flatMap(({ tag }) => tag ?? []))
  const open = new Set(unchecked.flatMap(({ tag }) => tag ?? []))
  const tags = stored.report.tags.map((record): TagRecord => {
    if (refused.has(record.tag)) return { ...record, verdict: 'unpullable' }
    if (open.has(record.tag)) return { ...record, verdict: worse(record.verdict, 'unchecked') }
    const other = served.tag(record.tag)?.verdict ?? 'intact'
    // What the API could not say is explained by what is wrong on disk, or it is open.
    return {
      ...record,
      verdict: other === 'unchecked' && record.verdict !== 'intact' ? record.verdict : worse(record.verdict, other),
    }
  })
  const claimed = findings.flatMap(({ code, tag }) => (code === 'masked-by-cache' && tag !== undefined ? [tag] : []))
  const vanished = served.report.tags
    .filter(({ tag }) => claimed.includes(tag) && !stored.tag(tag))
    .map((record): TagRecord => ({ ...record, verdict: 'unpullable' }))
  return [...tags, ...vanished].sort((a, b) => compareText(a.tag, b.tag))
}

function worse(a: TagVerdict, b: TagVerdict): TagVerdict {
  return WORST_FIRST.find((verdict) => verdict === a || verdict === b) ?? a
}

function totalsOf(tags: readonly TagRecord[]): TagTotals {
  const totals = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }
  for (const { verdict } of tags) totals[verdict]++
  return totals
}

function isOfManifest(finding: Finding): boolean {
  return finding.code === 'served-as-wrong-type' || refusedAs(finding) === 'manifests'
}

function isOfBlob(finding: Finding): boolean {
  return refusedAs(finding) === 'blobs'
}

/** Among which objects it counts that the API does not serve it. */
function refusedAs(finding: Finding): FindingKind['counts'] {
  return finding.code === 'not-served-by-api' ? FINDINGS[finding.evidence.overApi].counts : undefined
}

function isManifest({ kind }: UncheckedRecord): boolean {
  return kind === 'manifest'
}

function isBlob({ kind }: UncheckedRecord): boolean {
  return kind === 'config' || kind === 'layer'
}

/** Objects that are whole on disk and that the API does not serve, or cannot tell of. */
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
