import type { Family } from '../family.ts'

/** The name of a family about garbage collection, without the prefix. */
export type PreviewFamilyName =
  | 'gc_preview_last_run_timestamp_seconds'
  | 'gc_preview_run_success'
  | 'gc_preview_run_interval_seconds'
  | 'gc_preview_links_info'
  | 'gc_preview_aborting_files'
  | 'gc_preview_breaking_images'
  | 'gc_preview_breaking_deployed_images'
  | 'gc_preview_freed_blobs'
  | 'gc_preview_freed_bytes'
  | 'gc_preview_last_success_timestamp_seconds'

/** Which collection was previewed. */
const COLLECTION = { engine: ['2.8', '3'], delete_untagged: ['true', 'false'] } as const

/** Families of `gc-preview`; all are gauges with the labels `registry` and `profile`. Names are without the prefix. */
export const PREVIEW_FAMILIES: Readonly<Record<PreviewFamilyName, Family>> = {
  gc_preview_last_run_timestamp_seconds: {
    group: 'run',
    help: 'End of the last preview of garbage collection, whatever its outcome.',
    labels: {},
  },
  gc_preview_run_success: {
    group: 'run',
    help: '1 if the last preview was complete: everything was read, and nothing moved meanwhile. Complete does not mean safe.',
    labels: {},
  },
  gc_preview_run_interval_seconds: {
    group: 'run',
    help: 'Expected time between two previews.',
    labels: {},
  },
  gc_preview_links_info: {
    group: 'run',
    help: 'Always 1; the links that alerts show.',
    labels: { report: '--report-url', runbooks: '--runbook-url' },
    absent: 'If neither is set.',
  },
  gc_preview_aborting_files: {
    group: 'findings',
    help: 'Files that would stop the collection.',
    labels: COLLECTION,
  },
  gc_preview_breaking_images: {
    group: 'findings',
    help: 'Tags and digests that can be pulled now, and could not be pulled after the collection, or not for all platforms. Without digests that no tag names and that --delete-untagged is meant to delete.',
    labels: { kind: ['tag', 'digest'], ...COLLECTION },
  },
  gc_preview_breaking_deployed_images: {
    group: 'findings',
    help: 'Deployed images that the collection would break.',
    labels: COLLECTION,
    absent: 'Without --from.',
  },
  gc_preview_freed_blobs: { group: 'result', help: 'Blobs that the collection would delete.', labels: COLLECTION },
  gc_preview_freed_bytes: { group: 'result', help: 'Size of the blobs that it would delete.', labels: COLLECTION },
  gc_preview_last_success_timestamp_seconds: {
    group: 'result',
    help: 'End of the last complete preview.',
    labels: {},
  },
}
