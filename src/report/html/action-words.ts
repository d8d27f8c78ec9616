import type { Repair } from '../../check/repair/plan.ts'

/** The heading of a repair, before the reason for it. */
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
