import type { TargetTotals } from '../events.ts'
import type { ObjectTotals, RepositoryReport, TagTotals } from '../records.ts'

const NO_OBJECTS: ObjectTotals = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
const NO_TAGS: TagTotals = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }
/** The totals of a target without repositories. */
export const NOTHING: TargetTotals = {
  repositories: 0,
  tags: NO_TAGS,
  manifests: NO_OBJECTS,
  blobs: NO_OBJECTS,
  manifestsNotReproved: 0,
}

/** Turns intact into unchecked, for content that was to be hashed and was not. */
export function unproved({ tags, blobs, ...rest }: TargetTotals): TargetTotals {
  return {
    ...rest,
    tags: { ...tags, intact: 0, unchecked: tags.unchecked + tags.intact },
    blobs: { ...blobs, intact: 0, unchecked: blobs.unchecked + blobs.intact },
  }
}

/** Adds a repository to the totals of its target. */
export function addReport(totals: TargetTotals, report: RepositoryReport): TargetTotals {
  return {
    repositories: totals.repositories + 1,
    tags: addTotals(totals.tags, report.tagTotals),
    manifests: addTotals(totals.manifests, report.manifests),
    blobs: addTotals(totals.blobs, report.blobs),
    manifestsNotReproved: totals.manifestsNotReproved + report.manifestsNotReproved,
  }
}

function addTotals<K extends string>(
  a: Readonly<Record<K, number>>,
  b: Readonly<Record<K, number>>,
): Record<K, number> {
  const sum: Record<K, number> = { ...a }
  for (const key of Object.keys(sum) as K[]) sum[key] += b[key]
  return sum
}
