import type { ReferenceTotals, ScanEvent, TargetInfo, TargetTotals } from '../check/events.ts'
import type { UncheckedRecord } from '../check/records.ts'
import { redact } from '../oci/redact.ts'
import type { Place, UnknownReference, UnreadableFile } from './reference.ts'

/** What was read from files, besides the images. */
export interface FilesRead {
  readonly unknown: readonly UnknownReference[]
  readonly unreadable: readonly UnreadableFile[]
  /** Files that name nothing that is deployed. */
  readonly skipped: readonly UnreadableFile[]
  readonly totals: ReferenceTotals
}

/** The events of the files themselves, as a target: complete if each image that they name is known. */
export function fileEvents(
  { unknown, unreadable, skipped, totals }: FilesRead,
  info: TargetInfo,
): readonly ScanEvent[] {
  const records = fileRecords({ unknown, unreadable })
  const skips = skipped.map(({ place, because }) => recordOf('FILE_SKIPPED', place, because))
  return [
    { type: 'target', info },
    ...[...records, ...skips].map((record): ScanEvent => ({ type: 'unchecked', record })),
    {
      type: 'summary',
      totals: NOTHING,
      complete: records.length === 0,
      stopped: false,
      garbage: 'none',
      references: totals,
      coverage: { checked: NO_OBJECTS, checkedBytes: 0, durations: {} },
    },
  ]
}

/** What files say that cannot be known, as records. */
export function fileRecords({
  unknown,
  unreadable,
}: Pick<FilesRead, 'unknown' | 'unreadable'>): readonly UncheckedRecord[] {
  return [
    ...unreadable.map(({ place, because }) => recordOf('FILE_UNREADABLE', place, because)),
    ...unknown.map(({ text, place, usedBy, because }) =>
      recordOf('REFERENCE_UNKNOWN', place, `${usedBy}: ${text === '' ? 'an empty image' : redact(text)}: ${because}`),
    ),
  ]
}

function recordOf(because: UncheckedRecord['because'], place: Place, detail: string): UncheckedRecord {
  const { file, line, column } = place
  return { repository: undefined, path: line === 0 ? file : `${file}:${line}:${column}`, because, detail }
}

const NONE = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
const NO_OBJECTS = { indexes: 0, manifests: 0, configs: 0, layers: 0, layerLinks: 0 }
/** The totals of a target in which no object was visited. */
export const NOTHING: TargetTotals = {
  repositories: 0,
  tags: { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 },
  manifests: NONE,
  blobs: NONE,
  manifestsNotReproved: 0,
}
