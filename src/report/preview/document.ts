import type { ReportedFinding } from '../../check/events.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import type { GcAbort, GcBreakage, GcFreed, GcRemainder, GcRun, ReadinessIssue } from '../../gc/outcome.ts'
import type { DeployedImage } from '../../gc/preview/deployed.ts'
import type { CollectionPreview, CollectionVerdict, Preview, StoredAmounts } from '../../gc/preview/preview.ts'
import type { PreviewedTarget, PreviewRun } from './preview-report.ts'

/** The JSON document of a run of `gc-preview`, as `docs/gc-preview.schema.json` describes it. */
export interface PreviewDocument {
  readonly schemaVersion: 1
  readonly tool: { readonly name: 'regfsck'; readonly version: string }
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string
  readonly verdict: CollectionVerdict
  readonly targets: readonly PreviewTarget[]
}

/** One registry in the document. */
export interface PreviewTarget {
  readonly target: string
  readonly registry: string
  readonly complete: boolean
  /** Why it could not be read at all. */
  readonly error?: string
  readonly stored?: StoredAmounts
  readonly collections: readonly CollectionRecord[]
  readonly readiness?: { readonly ready: 'yes' | 'no' | 'unknown'; readonly issues: readonly ReadinessIssue[] }
  readonly deployed?: { readonly images: number; readonly absent: readonly DeployedRecord[] }
  readonly findings: readonly ReportedFinding[]
  readonly unchecked: readonly UncheckedRecord[]
}

/** One way to collect. */
export interface CollectionRecord extends GcRun {
  readonly verdict: CollectionVerdict
  readonly aborts: readonly GcAbort[]
  /** What could be pulled before, and not afterwards. Untagged revisions that are meant to be deleted are only counted. */
  readonly broken: readonly GcBreakage[]
  readonly intended: number
  readonly deployed: readonly BrokenDeploymentRecord[]
  readonly deleted: { readonly manifests: number; readonly blobs: number; readonly layerLinks: number }
  readonly kept: { readonly revisions: number; readonly blobs: number; readonly blobBytes: number }
  readonly freed: GcFreed
  readonly stays: readonly GcRemainder[]
}

/** A deployed image. */
export interface DeployedRecord {
  readonly image: string
  readonly repository: string
  readonly usedBy: readonly string[]
}

/** A deployed image that would break. */
export interface BrokenDeploymentRecord extends DeployedRecord {
  readonly tag: string | undefined
  readonly digest: string
  readonly becomes: GcBreakage['becomes']
}

/** The entry of one target. */
export function previewTargetOf(previewed: PreviewedTarget): PreviewTarget {
  if (previewed.is === 'unreadable') {
    const { target, registry, reason } = previewed
    return { target, registry, complete: false, error: reason, collections: [], findings: [], unchecked: [] }
  }
  const { preview, findings } = previewed
  const { target, registry, stored, collections, readiness, deployed, unchecked, complete } = preview
  return {
    target,
    registry,
    complete,
    stored,
    collections: collections.map(collectionRecord),
    ...(readiness !== undefined && { readiness: { ready: readyWord(preview), issues: readiness } }),
    ...(deployed !== undefined && {
      deployed: { images: deployed.images, absent: deployed.absent.map(deployedRecord) },
    }),
    findings,
    unchecked,
  }
}

/** One way to collect, without the lists of what it deletes. */
function collectionRecord({ outcome, verdict, broken, intended, deployed }: CollectionPreview): CollectionRecord {
  const { run, aborts, deleted, kept, freed, stays } = outcome
  return {
    ...run,
    verdict,
    aborts,
    broken,
    intended,
    deployed: deployed.map(({ image, breakage: { tag, digest, becomes } }) => ({
      ...deployedRecord(image),
      tag,
      digest,
      becomes,
    })),
    deleted: {
      manifests: deleted.manifests.length,
      blobs: deleted.blobs.length,
      layerLinks: deleted.layerLinks.length,
    },
    kept,
    freed,
    stays,
  }
}

function readyWord({ readiness = [], complete }: Preview): 'yes' | 'no' | 'unknown' {
  if (readiness.length > 0) return 'no'
  return complete ? 'yes' : 'unknown'
}

function deployedRecord({ text, repository, usedBy }: DeployedImage): DeployedRecord {
  return { image: text, repository, usedBy }
}

/** The document of a run. */
export function previewDocument(targets: readonly PreviewedTarget[], run: PreviewRun): PreviewDocument {
  const { version, startedAt, finishedAt, verdict } = run
  return {
    schemaVersion: 1,
    tool: { name: 'regfsck', version },
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    verdict,
    targets: targets.map(previewTargetOf),
  }
}
