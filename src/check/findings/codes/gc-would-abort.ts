import { adviceOnly } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { FindingKind } from '../kind.ts'

/** See `docs/findings/gc-would-abort.md`. */
export const gcWouldAbort: FindingKind<'gc-would-abort'> = {
  causes: [
    'repositories-missing',
    'blobs-missing',
    'repository-name-invalid',
    'layers-missing',
    'tags-missing',
    'revision-link-invalid',
    'layer-link-invalid',
    'tag-link-invalid',
    'file-in-tags',
    'not-a-directory',
    'manifest-undecodable',
    'manifest-unsupported',
    'stray-data',
    'revision-deleted-twice',
    'blob-not-at-its-place',
    'layer-link-deleted-twice',
  ],
  severities: ['error'],
  thing: 'file',
  state: 'that stops garbage collection',
  isForecast: true,
  message: ({ cause, evidence: { collections, error, deletedBefore } }) =>
    `${ABORTS[cause].what} garbage-collect of ${collections.join(', ')} ends here with: ${error}${deletedBefore === undefined ? '. Nothing is deleted before' : `. By then it has deleted ${deletedBefore}`}.`,
  remedy: ({ cause }) => adviceOnly('none', ABORTS[cause].todo),
}

interface AbortText {
  readonly what: string
  readonly todo: string
}

const SEE_SCAN = 'Run regfsck scan: it says what needs it and how to repair it.'
const ASIDE = 'Move it out of the storage'

/** What is wrong with the file, and what to do before the collection runs. */
const ABORTS: Readonly<Record<CauseOf<'gc-would-abort'>, AbortText>> = {
  'repositories-missing': {
    what: 'There is no directory of repositories.',
    todo: 'Is the storage mounted? If nothing was ever pushed, there is nothing to collect.',
  },
  'blobs-missing': {
    what: 'There is no directory of blobs.',
    todo: 'Is the storage mounted? If nothing was ever pushed, there is nothing to collect.',
  },
  'repository-name-invalid': {
    what: 'The engine takes this directory for a repository, but its name is not a valid repository name.',
    todo: `${ASIDE}: no client can pull from it.`,
  },
  'layers-missing': {
    what: 'The repository has no _layers directory.',
    todo: 'Make an empty _layers directory with the owner and mode of _manifests. 2.8 does not find the repository without it, and deletes everything that only it uses.',
  },
  'tags-missing': {
    what: 'The repository has revisions and no _manifests/tags directory.',
    todo: 'Make an empty tags directory with the owner and mode of _manifests. Without a tag, --delete-untagged deletes every revision of it: give those that you need a tag first.',
  },
  'revision-link-invalid': {
    what: 'A revision link does not hold a digest.',
    todo: SEE_SCAN,
  },
  'layer-link-invalid': {
    what: 'A layer link does not hold a digest.',
    todo: SEE_SCAN,
  },
  'tag-link-invalid': {
    what: 'The link of a tag does not hold a digest.',
    todo: 'Push the tag again, which writes its link, or delete the tag. regfsck scan shows which manifest it named last.',
  },
  'file-in-tags': {
    what: 'There is a file where the engine expects the directory of a tag.',
    todo: `${ASIDE}. Some file managers and backup programs leave such files.`,
  },
  'not-a-directory': {
    what: 'There is a file where the engine expects a directory.',
    todo: `${ASIDE}, and see what the directory held in a backup.`,
  },
  'manifest-undecodable': {
    what: 'The manifest is empty, cut short, or otherwise not one that the engine can read.',
    todo: SEE_SCAN,
  },
  'manifest-unsupported': {
    what: 'The manifest is of a kind that this engine does not read, such as schema 1.',
    todo: 'Delete it, or build and push the image again: 3.x neither serves nor collects a registry that has it.',
  },
  'stray-data': {
    what: "There is a file called data that is at no blob's place, as a copy of a directory leaves it.",
    todo: `${ASIDE}: no registry reads it there.`,
  },
  'revision-deleted-twice': {
    what: 'Two revision links name one digest, so it would be deleted twice, and the second time it is no longer there.',
    todo: 'Move the link away whose directory is not named after the digest in it.',
  },
  'blob-not-at-its-place': {
    what: 'The bytes of a blob are at another place than its own, so deleting it finds nothing.',
    todo: `${ASIDE}: no registry reads it there.`,
  },
  'layer-link-deleted-twice': {
    what: 'Two layer links name one digest, as after a push by sha512, so it would be deleted twice, and the second time it is no longer there.',
    todo: 'Move the link of the other algorithm away while the registry is stopped: nothing that can be pulled needs it.',
  },
}
