/** The sentences about a registry with revisions and no tags, as Harbor and OpenShift store one. */
export const UNTAGGED: Readonly<Record<'counted' | 'not-counted', string>> = {
  counted:
    'There are revisions but no tags: this looks like the storage of Harbor or OpenShift, which keep tags in a database. So every revision counts, as with --roots revisions.',
  'not-counted':
    'There are revisions but no tags: this looks like the storage of Harbor or OpenShift, which keep tags in a database. Use --roots revisions: without it, damage in a revision is only a warning.',
}
