import type { FindingCode } from './code.ts'
import { blobDigestMismatch } from './codes/blob-digest-mismatch.ts'
import { blobSizeMismatch } from './codes/blob-size-mismatch.ts'
import { blobUnreferenced } from './codes/blob-unreferenced.ts'
import { configMissing } from './codes/config-missing.ts'
import { crashDebris } from './codes/crash-debris.ts'
import { descriptorMismatch } from './codes/descriptor-mismatch.ts'
import { engineDependent } from './codes/engine-dependent.ts'
import { gcWouldAbort } from './codes/gc-would-abort.ts'
import { gcWouldBreak } from './codes/gc-would-break.ts'
import { imageMoved } from './codes/image-moved.ts'
import { imageUnpinned } from './codes/image-unpinned.ts'
import { imageUnpullable } from './codes/image-unpullable.ts'
import { indexChildMissing } from './codes/index-child-missing.ts'
import { layerMissing } from './codes/layer-missing.ts'
import { linkInvalid } from './codes/link-invalid.ts'
import { manifestDamaged } from './codes/manifest-damaged.ts'
import { maskedByCache } from './codes/masked-by-cache.ts'
import { notServedByApi } from './codes/not-served-by-api.ts'
import { orphanLayerLink } from './codes/orphan-layer-link.ts'
import { orphanRevisionLink } from './codes/orphan-revision-link.ts'
import { platformMissing } from './codes/platform-missing.ts'
import { runningImageGone } from './codes/running-image-gone.ts'
import { servedAsWrongType } from './codes/served-as-wrong-type.ts'
import { tagDangling } from './codes/tag-dangling.ts'
import { uploadAbandoned } from './codes/upload-abandoned.ts'
import type { FindingKind } from './kind.ts'

/**
 * Every code, in the order of the metrics. A new code is a file in `codes/`, its causes in `code.ts`, a line here,
 * `docs/findings/<code>.md` and a fixture: the compiler and the tests ask for each.
 */
export const FINDINGS: { readonly [C in FindingCode]: FindingKind<C> } = {
  'tag-dangling': tagDangling,
  'index-child-missing': indexChildMissing,
  'manifest-damaged': manifestDamaged,
  'config-missing': configMissing,
  'layer-missing': layerMissing,
  'blob-size-mismatch': blobSizeMismatch,
  'blob-digest-mismatch': blobDigestMismatch,
  'descriptor-mismatch': descriptorMismatch,
  'served-as-wrong-type': servedAsWrongType,
  'masked-by-cache': maskedByCache,
  'not-served-by-api': notServedByApi,
  'orphan-layer-link': orphanLayerLink,
  'orphan-revision-link': orphanRevisionLink,
  'link-invalid': linkInvalid,
  'engine-dependent': engineDependent,
  'blob-unreferenced': blobUnreferenced,
  'upload-abandoned': uploadAbandoned,
  'crash-debris': crashDebris,
  'gc-would-abort': gcWouldAbort,
  'gc-would-break': gcWouldBreak,
  'image-unpullable': imageUnpullable,
  'platform-missing': platformMissing,
  'running-image-gone': runningImageGone,
  'image-moved': imageMoved,
  'image-unpinned': imageUnpinned,
}

/** Every code, in the order of the metrics. */
export const FINDING_CODES: readonly FindingCode[] = Object.keys(FINDINGS).filter(isFindingCode)

/** Whether a text, from evidence or from the file of an earlier run, is a code of this version. */
export function isFindingCode(text: unknown): text is FindingCode {
  return typeof text === 'string' && Object.hasOwn(FINDINGS, text)
}
