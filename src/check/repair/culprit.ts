import type { AnyFinding } from '../findings/finding.ts'

/** What removed a manifest, if the traces show it. */
export function causeText({ code, cause, evidence, salvage }: AnyFinding): string {
  if (cause === 'manifest-missing') {
    if (evidence.dataIs !== undefined) return 'There is a directory in place of the file, and no push replaces it.'
    return evidence.ownPath === undefined
      ? 'The bytes are gone, as after a push against a stale cache or a deletion by hand.'
      : 'Something rewrote the revision link.'
  }
  if (cause === 'revision-link-invalid')
    return 'A crash or a full disk left a bad link (distribution up to 3.0.0 writes in place).'
  if (evidence.revisionDirectory === 'empty')
    return salvage?.isWhole
      ? 'Somebody deleted it through the API: clean-up scripts that delete "untagged" digests do this.'
      : 'Somebody deleted it through the API (clean-up scripts that delete "untagged" digests do this), and a garbage collection has run since.'
  // Garbage collection never removes the revision of a tagged manifest.
  if (code === 'tag-dangling')
    return 'Its revision is gone while the tag is there: a deletion by hand, an incomplete restore, or a garbage collection during a push. garbage-collect -m alone does not do this to a tagged manifest.'
  if (evidence.survivingManifest !== undefined)
    return 'This is what garbage-collect -m (--delete-untagged) of distribution 2.8.3 and older does to the children of a tagged index: remove -m from the job, or upgrade to 3.x.'
  return 'Nothing is left of it, as after garbage-collect -m (--delete-untagged) of distribution 2.8.3 and older on a nested index, or a deletion by hand.'
}
