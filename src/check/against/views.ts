import type { MaskedCode } from '../findings/evidence.ts'
import type { Finding, FindingOf } from '../findings/finding.ts'
import type { RepositoryReport, TagRecord } from '../records.ts'
import type { StoreError } from '../store-error.ts'

/** Something that a registry may claim to have, as its API names it. */
export interface Claimed {
  readonly kind: 'manifests' | 'blobs'
  /** A tag or a digest. */
  readonly reference: string
}

/** The key of a claim in {@link TwoViews.claims}. */
export function keyOf({ kind, reference }: Claimed): string {
  return `${kind}/${reference}`
}

/** The reports of storage and API about one repository. */
export interface TwoViews {
  readonly stored: View
  readonly served: View
  /** What the API answers to a HEAD request, by {@link keyOf}. */
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

/** What else to ask the API for: what storage lacks, and tags that the API does not list. */
export function questionsFor(stored: View, served: View): readonly Claimed[] {
  const lacking = stored.report.findings.flatMap((finding) => claimOf(finding) ?? [])
  return [...lacking, ...unlistedTags(stored, served)]
}

/** What to ask the API for if storage lacks something; `undefined`: it is stored, and wrong. */
export function claimOf(finding: Finding): Claimed | undefined {
  if (!isMissing(finding)) return undefined
  const { code, tag, digest } = finding
  const reference = code === 'tag-dangling' ? tag : digest
  const kind = code === 'config-missing' || code === 'layer-missing' ? 'blobs' : 'manifests'
  return reference === undefined ? undefined : { kind, reference }
}

/** Whether the finding means that storage lacks something. */
export function isMissing(finding: Finding): finding is FindingOf<MaskedCode> {
  return MISSING.has(finding.code)
}

const MISSING: ReadonlySet<string> = new Set<MaskedCode>([
  'tag-dangling',
  'index-child-missing',
  'config-missing',
  'layer-missing',
])

/** Tags that are intact on disk, and that the API does not list. */
export function unlistedTags(stored: View, served: View): Claimed[] {
  if (served.report.unchecked.some(({ tag, digest }) => tag === undefined && digest === undefined)) return []
  return stored.report.tags
    .filter(({ tag, verdict }) => verdict === 'intact' && !served.tag(tag))
    .map(({ tag }) => ({ kind: 'manifests', reference: tag }))
}
