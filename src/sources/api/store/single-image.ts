import type { Evidence } from '../../../check/findings/evidence.ts'
import type { RepositoryStore } from '../../../check/ports.ts'
import { hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import type { TagName } from '../../../oci/names.ts'

/** One image of a repository, by a tag or by its digest. */
export interface OneImage {
  readonly repository: string
  readonly reference: string
}

/**
 * A store that knows of one image only; a digest stands there as a tag that names itself. Nobody listed it.
 *
 * @param repositoryExists whether there is such a repository at all; `undefined` where the registry does not tell
 */
export function narrowed(
  store: RepositoryStore,
  { reference }: OneImage,
  repositoryExists: () => Promise<boolean | undefined>,
): RepositoryStore {
  const only = reference as TagName
  const asked = async (evidence: Evidence): Promise<Evidence> => {
    const exists = await repositoryExists()
    return {
      ...evidence,
      askedFor: isDigest(reference) ? 'digest' : 'tag',
      ...(exists === undefined ? {} : { repositoryExists: exists }),
    }
  }
  return {
    listTags: async () => ({ found: [only], unreadable: [] }),
    listRevisions: async () => undefined,
    listLayerLinks: async () => undefined,
    resolveTags: async (tags) => {
      if (isDigest(reference)) {
        // Clients begin a pull by digest with HEAD too: what its headers say counts, whatever the answer is.
        if (hashAlgorithmOf(reference) !== undefined) await store.resolveTags(tags)
        return [{ is: 'resolved', digest: reference }]
      }
      return Promise.all(
        (await store.resolveTags(tags)).map(async (answer) =>
          'is' in answer && answer.is === 'dangling' ? { ...answer, evidence: await asked(answer.evidence) } : answer,
        ),
      )
    },
    readManifests: async (digests) =>
      Promise.all(
        (await store.readManifests(digests)).map(async (answer, n) =>
          'is' in answer && answer.is === 'absent' && digests[n] === reference
            ? { ...answer, evidence: await asked(answer.evidence) }
            : answer,
        ),
      ),
    readRemains: (digest) => store.readRemains(digest),
    readConfig: (digest) => store.readConfig?.(digest) ?? Promise.resolve(undefined),
    probeBlobs: (questions) => store.probeBlobs(questions),
  }
}
