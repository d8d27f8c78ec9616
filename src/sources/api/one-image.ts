import type { RepositoryStore } from '../../check/ports.ts'
import { isDigest } from '../../oci/digest.ts'
import type { TagName } from '../../oci/names.ts'

/** One image of a repository, by a tag or by its digest. */
export interface OneImage {
  readonly repository: string
  readonly reference: string
}

/** A store that knows of one image only; a digest stands there as a tag that names itself. */
export function narrowed(store: RepositoryStore, { reference }: OneImage): RepositoryStore {
  const only = reference as TagName
  return {
    listTags: async () => ({ found: [only], unreadable: [] }),
    listRevisions: async () => undefined,
    listLayerLinks: async () => undefined,
    resolveTags: async (tags) =>
      isDigest(reference) ? [{ is: 'resolved', digest: reference }] : store.resolveTags(tags),
    readManifests: (digests) => store.readManifests(digests),
    readRemains: (digest) => store.readRemains(digest),
    readConfig: (digest) => store.readConfig?.(digest) ?? Promise.resolve(undefined),
    probeBlobs: (questions) => store.probeBlobs(questions),
  }
}
