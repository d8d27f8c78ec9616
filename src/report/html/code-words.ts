import type { FindingCode } from '../../check/finding.ts'
import type { Repair } from '../../check/repair/plan.ts'

/** What a finding is about, and how that stands. */
export const CODE_WORDS: Readonly<Record<FindingCode, { readonly thing: string; readonly state: string }>> = {
  'tag-dangling': { thing: 'manifest', state: 'missing' },
  'index-child-missing': { thing: 'manifest', state: 'missing' },
  'manifest-damaged': { thing: 'manifest', state: 'damaged' },
  'config-missing': { thing: 'config', state: 'missing' },
  'layer-missing': { thing: 'layer', state: 'missing' },
  'served-as-wrong-type': { thing: 'manifest', state: 'served as the wrong type' },
  'blob-size-mismatch': { thing: 'blob', state: 'wrong size' },
  'blob-digest-mismatch': { thing: 'blob', state: 'altered' },
  'descriptor-mismatch': { thing: 'object', state: 'not as claimed' },
  'masked-by-cache': { thing: 'object', state: 'lost on disk, masked by a cache' },
  'not-served-by-api': { thing: 'object', state: 'not served by the API' },
  'orphan-layer-link': { thing: 'layer link', state: 'target gone' },
  'orphan-revision-link': { thing: 'revision link', state: 'target gone' },
  'link-invalid': { thing: 'link', state: 'not valid' },
  'engine-dependent': { thing: 'manifest', state: 'not served by distribution 3.x' },
  'blob-unreferenced': { thing: 'blob', state: 'not needed' },
  'upload-abandoned': { thing: 'upload', state: 'abandoned' },
  'crash-debris': { thing: 'temporary file', state: 'left behind' },
}

/** A remedy, as a line that stands before its reasons. */
export const ACTION_WORDS: Readonly<Record<Repair['action'], string>> = {
  'put-manifest': 'Upload the manifest again',
  'push-again': 'Push the image again',
  'upload-blob': 'Upload the blob again',
  'replace-file': 'Replace the file',
  retag: 'Restore the tag',
  rebuild: 'Rebuild the image',
  'remove-link': 'Move the link away',
  'remove-file': 'Move the file away',
  none: 'No command can repair it',
}
