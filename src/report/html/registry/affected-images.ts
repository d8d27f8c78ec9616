import { compareText } from '../../../check/compare-text.ts'
import type { ReportedFinding } from '../../../check/events.ts'
import type { TagRecord } from '../../../check/records.ts'
import { imageName } from '../../../oci/image-name.ts'
import type { ReportTarget } from '../../json/document.ts'
import { groupedBy, tagsOf } from '../../records/finding-groups.ts'

/** Tags of one repository that point to the same manifest and have the same findings. */
export interface AffectedImage {
  readonly repository: string
  readonly tags: readonly string[]
  /** The manifest that the tags point to. */
  readonly digest: string | undefined
  readonly verdict: ImageVerdict
  readonly findings: readonly ReportedFinding[]
  /** The manifests that tags of the repository point to. */
  readonly roots: ReadonlySet<string>
}

/** `damaged`: it has an error, and the report does not list the tag. `warning`: it is intact and has warnings only. */
export type ImageVerdict = 'unpullable' | 'damaged' | 'degraded' | 'warning'

const RANK: Readonly<Record<ImageVerdict, number>> = { unpullable: 0, damaged: 1, degraded: 2, warning: 3 }

/** The images that have findings or are damaged, the worst first. */
export function affectedImages(target: ReportTarget): readonly AffectedImage[] {
  const roots = rootsOf(target.tags)
  const groups = groupedBy(affectedTags(target), ({ repository, tag, record, findings }) =>
    JSON.stringify([repository, record?.digest ?? `:${tag}`, record?.verdict, findings.map(({ id }) => id)]),
  )
  return [...groups.values()]
    .map((group) => imageOf(group, roots))
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || compareText(a.repository, b.repository))
}

interface AffectedTag {
  readonly repository: string
  readonly tag: string
  /** `undefined`: the report does not list the tag. */
  record: TagRecord | undefined
  readonly findings: ReportedFinding[]
}

function affectedTags({ tags, findings }: ReportTarget): Iterable<AffectedTag> {
  const affected = new Map<string, AffectedTag>()
  const entryOf = (repository: string, tag: string): AffectedTag => {
    const key = imageName(repository, tag)
    const entry = affected.get(key) ?? { repository, tag, record: undefined, findings: [] }
    affected.set(key, entry)
    return entry
  }
  for (const finding of findings)
    for (const tag of tagsOf(finding)) entryOf(finding.repository ?? '', tag).findings.push(finding)
  for (const record of tags) {
    const isBroken = record.verdict === 'unpullable' || record.verdict === 'degraded'
    if (isBroken || affected.has(imageName(record.repository, record.tag)))
      entryOf(record.repository, record.tag).record = record
  }
  return affected.values()
}

function imageOf(
  group: readonly [AffectedTag, ...AffectedTag[]],
  roots: ReadonlyMap<string, ReadonlySet<string>>,
): AffectedImage {
  const [{ repository, record, findings }] = group
  return {
    repository,
    tags: group.map(({ tag }) => tag).sort(compareText),
    digest: record?.digest,
    verdict: verdictOf(record, findings),
    findings,
    roots: roots.get(repository) ?? new Set(),
  }
}

function verdictOf(record: TagRecord | undefined, findings: readonly ReportedFinding[]): ImageVerdict {
  if (record?.verdict === 'unpullable' || record?.verdict === 'degraded') return record.verdict
  return findings.some(({ severity }) => severity === 'error') ? 'damaged' : 'warning'
}

function rootsOf(tags: readonly TagRecord[]): ReadonlyMap<string, ReadonlySet<string>> {
  const roots = new Map<string, Set<string>>()
  for (const { repository, digest } of tags) {
    if (digest === undefined) continue
    const known = roots.get(repository) ?? new Set()
    roots.set(repository, known.add(digest))
  }
  return roots
}
