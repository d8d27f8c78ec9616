import type { GcAbortKind } from './outcome.ts'

/** What is wrong with the file at which a collection ends, and what a person does about it. */
export interface AbortAdvice {
  readonly what: string
  readonly remedy: string
}

/** A sentence and a remedy for each reason to end. */
export const ABORT_ADVICE: Readonly<Record<GcAbortKind, AbortAdvice>> = {
  'repositories-missing': {
    what: 'There is no directory of repositories.',
    remedy: 'Mount the storage, or check rootdirectory in the configuration of the registry.',
  },
  'blobs-missing': {
    what: 'There is no directory of blobs.',
    remedy: 'Mount the storage, or check rootdirectory in the configuration of the registry.',
  },
  'repository-name-invalid': {
    what: 'A directory looks like a repository, but its name is none.',
    remedy: 'Move the directory out of repositories/.',
  },
  'layers-missing': {
    what: 'The repository has manifests and no _layers directory.',
    remedy: 'Create an empty _layers directory in it, or move the repository away.',
  },
  'tags-missing': {
    what: 'The repository has revisions and no _manifests/tags directory.',
    remedy: 'Create an empty _manifests/tags directory. Then all of its revisions count as untagged.',
  },
  'revision-link-invalid': {
    what: 'The link of a revision is empty or no digest.',
    remedy:
      'Write the digest of its directory into it without a newline, or move the directory away and push the image again.',
  },
  'layer-link-invalid': {
    what: 'The link of a layer is empty or no digest.',
    remedy: 'Remove the link, then push the image again.',
  },
  'tag-link-invalid': {
    what: 'The current link of a tag is empty or no digest.',
    remedy: 'Push the tag again, or remove the directory of the tag.',
  },
  'file-in-tags': {
    what: 'There is something in the directory of tags that is no tag.',
    remedy: 'Move the file away.',
  },
  'not-a-directory': {
    what: 'A file stands where a directory is expected.',
    remedy: 'Move the file away.',
  },
  'manifest-undecodable': {
    what: 'The bytes of a manifest are empty, cut short or otherwise not readable.',
    remedy: 'Move the file away and push the image again, or delete the revision.',
  },
  'manifest-unsupported': {
    what: 'The manifest is of a kind that this version does not read.',
    remedy: 'Delete the revision, or convert the image with a client that still reads it.',
  },
  'stray-data': {
    what: 'A file called data lies where no blob belongs, as after cp -r into a directory that existed.',
    remedy: 'Move its directory out of blobs/.',
  },
  'revision-deleted-twice': {
    what: 'A revision is named by two links, or has no directory of its own: it cannot be deleted twice.',
    remedy: 'Remove the link whose directory has another name than its content.',
  },
  'blob-not-at-its-place': {
    what: 'A blob is taken for another one that is not at its place, so its deletion fails.',
    remedy: 'Move its directory to its place, or out of blobs/.',
  },
  'layer-link-deleted-twice': {
    what: 'A layer is named by two links, as for a sha512 name: its own link cannot be deleted twice.',
    remedy: 'Remove the link of the other name if no manifest uses it.',
  },
}
