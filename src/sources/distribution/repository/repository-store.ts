import { dirname } from 'node:path'
import type { Evidence } from '../../../check/findings/evidence.ts'
import type {
  Answer,
  BlobAnswer,
  BlobQuestion,
  Listing,
  ManifestAnswer,
  Remains,
  RepositoryStore,
  TagAnswer,
  Unreadable,
} from '../../../check/ports.ts'
import { MANIFEST_LIMIT } from '../../../check/rules.ts'
import { isWrongLink } from '../../../check/walk/measure.ts'
import { algorithmOf, type Digest } from '../../../oci/digest.ts'
import { isTagName, type TagName } from '../../../oci/names.ts'
import { fileSize, requirePassable, type StorageDriver } from '../driver.ts'
import { linkPath, type RepositoryPaths, repositoryHome, repositoryPaths } from '../layout.ts'
import { isKnownAbsent, listKnown, vanished } from '../presence/absence.ts'
import { answerAll, orStoreError, whenFetched } from '../when-fetched.ts'
import type { Blobs } from './blobs.ts'
import { type Link, readLink } from './link.ts'
import { LinkDirectory } from './link-directory.ts'
import { TagHistory } from './tag-history.ts'

/** One repository of the distribution layout. */
export class DistributionRepository implements RepositoryStore {
  readonly #driver: StorageDriver
  readonly #blobs: Blobs
  readonly #paths: RepositoryPaths
  /** The parent of the repository's directory. It must exist: otherwise nothing below it is known to be missing. */
  readonly #within: string
  readonly #revisions: LinkDirectory
  readonly #layers: LinkDirectory
  readonly #history: TagHistory

  constructor(repository: string, v2: string, driver: StorageDriver, blobs: Blobs) {
    this.#driver = driver
    this.#blobs = blobs
    this.#paths = repositoryPaths(v2, repository)
    this.#within = dirname(repositoryHome(v2, repository))
    this.#revisions = new LinkDirectory(driver, this.#paths.revisions, this.#within)
    this.#layers = new LinkDirectory(driver, this.#paths.layers, this.#within)
    this.#history = new TagHistory(driver, this.#paths.tags)
  }

  async listTags(): Promise<Listing<TagName>> {
    return whenFetched(() => this.#listTags())
  }

  #listTags(): Listing<TagName> {
    requirePassable(this.#driver, this.#paths.tags.slice(0, -'/tags'.length))
    requirePassable(this.#driver, this.#paths.tags)
    const entries = listKnown(this.#driver, this.#paths.tags, this.#within)
    if (entries === undefined) return { found: [], unreadable: [] }
    const isTag = (name: string): name is TagName => isTagName(name)
    // A file among the tags is listed by the registry like a tag, and resolves to nothing.
    const found = [...entries.directories.filter(isTag), ...entries.files.filter(isTag)]
    const unnamable = entries.directories.filter((name) => !isTagName(name))
    return { found, unreadable: [...entries.unreadable, ...unnamable.map((name) => this.#notATag(name))] }
  }

  #notATag(name: string): Unreadable {
    return {
      place: `${this.#paths.tags}/${name}`,
      because: 'STORE_MALFORMED',
      detail: 'is not a valid tag name',
    }
  }

  async listRevisions(): Promise<Listing<Digest>> {
    return whenFetched(() => this.#revisions.list())
  }

  async listLayerLinks(): Promise<Listing<Digest>> {
    return whenFetched(() => this.#layers.list())
  }

  /** Whether it has a tag, or a revision or layer that is linked. @throws {StoreError} */
  holdsLinks(): boolean {
    return (
      this.#revisions.list().found.length > 0 ||
      this.#layers.list().found.length > 0 ||
      (this.#driver.list(this.#paths.tags)?.directories.length ?? 0) > 0
    )
  }

  async resolveTags(tags: readonly TagName[]): Promise<readonly Answer<TagAnswer>[]> {
    return answerAll(tags, (tag) => this.#resolveTag(tag))
  }

  #resolveTag(tag: TagName): TagAnswer {
    const home = `${this.#paths.tags}/${tag}`
    requirePassable(this.#driver, `${home}/current`)
    const path = `${home}/current/link`
    const link = readLink(this.#driver, path)
    switch (link.is) {
      case 'names':
        return { is: 'resolved', digest: link.digest }
      case 'invalid':
        return {
          is: 'dangling',
          cause: 'link-invalid',
          evidence: { path, content: link.content, ...this.#history.of(tag, link.content) },
        }
      case 'missing':
        if (!this.#driver.exists(home)) {
          if (!isKnownAbsent(this.#driver, home, this.#within)) throw vanished(home)
          return { is: 'gone' }
        }
        if (typeof fileSize(this.#driver, home) === 'number')
          return { is: 'dangling', cause: 'link-missing', evidence: { path: home, tagIs: 'a file' } }
        return { is: 'dangling', cause: 'link-missing', evidence: { path, ...this.#history.of(tag) } }
    }
  }

  async readManifests(digests: readonly Digest[]): Promise<readonly Answer<ManifestAnswer>[]> {
    return answerAll(digests, (digest) => this.#readManifest(digest))
  }

  #readManifest(digest: Digest): ManifestAnswer {
    const link = this.#revisions.read(digest)
    const path = linkPath(this.#paths.revisions, digest)
    switch (link.is) {
      case 'invalid':
        return { is: 'absent', cause: 'revision-link-invalid', evidence: { path, content: link.content } }
      case 'missing': {
        const layer = this.#layers.read(digest)
        if (layer.is === 'names')
          return this.#readLinked(digest, layer.digest, {
            link: linkPath(this.#paths.layers, digest),
            linkedAsLayer: true,
          })
        return { is: 'absent', cause: 'revision-link-missing', evidence: this.#missingRevision(path) }
      }
      case 'names':
        return this.#readLinked(digest, link.digest, { link: path, linkedAsLayer: false })
    }
  }

  /** An API DELETE of a manifest removes the link and leaves its directory; a garbage collection removes both. */
  #missingRevision(path: string): { path: string; revisionDirectory: 'empty' | 'gone' } {
    const directory = path.slice(0, -'/link'.length)
    return { path, revisionDirectory: this.#driver.exists(directory) ? 'empty' : 'gone' }
  }

  #readLinked(
    digest: Digest,
    target: Digest,
    at: { readonly link: string; readonly linkedAsLayer: boolean },
  ): ManifestAnswer {
    const { link, linkedAsLayer } = at
    const path = this.#blobs.path(target)
    const bytes = this.#blobs.read(target, MANIFEST_LIMIT)
    const evidence = isWrongLink(digest, target) ? { link, path, ownPath: this.#blobs.path(digest) } : { link, path }
    if (bytes === undefined) {
      const isDirectory = this.#blobs.size(target) === 'directory'
      return {
        is: 'absent',
        cause: 'manifest-missing',
        evidence: isDirectory ? { ...evidence, dataIs: 'a directory' } : evidence,
      }
    }
    if (typeof bytes === 'number') return { is: 'too-large', bytes, target, linkedAsLayer, evidence }
    return { is: 'served', bytes, target, linkedAsLayer, evidence }
  }

  async hashManifest(digest: Digest, target: Digest): Promise<Answer<Digest | undefined>> {
    return whenFetched(() => orStoreError(() => this.#blobs.hash(digest, target)?.measured))
  }

  async readRemains(digest: Digest): Promise<Answer<Remains | undefined>> {
    return whenFetched(() => orStoreError(() => this.#remains(digest)))
  }

  #remains(digest: Digest): Remains | undefined {
    const bytes = this.#blobs.read(digest, MANIFEST_LIMIT)
    return bytes === undefined || typeof bytes === 'number' ? undefined : { bytes, place: this.#blobs.path(digest) }
  }

  async probeBlobs(questions: readonly BlobQuestion[]): Promise<readonly Answer<BlobAnswer>[]> {
    return answerAll(questions, (question) => this.#probeBlob(question))
  }

  #probeBlob(question: BlobQuestion): BlobAnswer {
    const { digest } = question
    const link = this.#layers.read(digest)
    if (link.is !== 'names') return this.#unlinked(question, digest, link)
    if (algorithmOf(link.digest) === algorithmOf(digest))
      return this.#blobs.probe(question, { target: link.digest, link: linkPath(this.#paths.layers, digest) })
    return this.#probeAlias(question, link.digest)
  }

  /**
   * A blob by its second name. The server looks up what the link names, and then that name's own link.
   * @see distribution 2.8, `blobHandler.GetBlob`: Stat of the digest asked for, ServeBlob of the one it found
   */
  #probeAlias(question: BlobQuestion, canonical: Digest): BlobAnswer {
    const link = this.#layers.read(canonical)
    if (link.is !== 'names') return { ...this.#unlinked(question, canonical, link), target: canonical }
    const at = linkPath(this.#paths.layers, canonical)
    const answer = this.#blobs.probe(question, { target: link.digest, link: at })
    return answer.is === 'present' && link.digest !== canonical ? { ...answer, misled: true } : answer
  }

  /** Whether the bytes are still stored: that decides how it can be repaired. */
  #unlinked(
    question: BlobQuestion,
    digest: Digest,
    link: Exclude<Link, { is: 'names' }>,
  ): Extract<BlobAnswer, { is: 'absent' }> {
    const size = this.#blobs.size(digest)
    const blobStored = typeof size === 'number'
    this.#blobs.need(question, digest)
    const path = linkPath(this.#paths.layers, digest)
    // It was listed a moment ago and is not reported.
    if (question.stray && link.is === 'missing' && !isKnownAbsent(this.#driver, path, this.#within))
      throw vanished(path)
    const isDamaged = blobStored && question.prove && !this.#blobs.own(question).ownStored
    const evidence: Evidence = {
      path,
      blobStored,
      ...(isDamaged && { blobDamaged: true }),
      ...(size === 'directory' && { dataIs: 'a directory' }),
      blobPath: this.#blobs.path(digest),
    }
    if (link.is === 'missing') return { is: 'absent', cause: 'layer-link-missing', evidence }
    return { is: 'absent', cause: 'layer-link-invalid', evidence: { ...evidence, content: link.content } }
  }
}
