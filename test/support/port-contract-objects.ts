import { describe, expect, it } from 'vitest'
import type { BlobQuestion, RepositoryStore } from '../../src/check/ports.ts'
import { MANIFEST_LIMIT } from '../../src/check/rules.ts'
import { StoreError, type StoreErrorCode } from '../../src/check/store-error.ts'
import { type Digest, parseDigest } from '../../src/oci/digest.ts'
import { contentOf, digestOf } from './images.ts'
import { MemoryRegistry } from './memory-store.ts'
import type { StoragePaths } from './storage.ts'

/** One way to look at a storage: what a source's tests bring to run the contract of the port. */
export interface PortHarness {
  /**
   * A store over a storage that holds what `storage` holds, bad links and unreadable places included.
   * @param proves whether bytes of the right size are hashed too
   */
  open(storage: MemoryRegistry, repository: string, proves: boolean): Promise<OpenStore>
  /** What an unreadable place answers. */
  readonly unreadable: StoreErrorCode
}

export interface OpenStore {
  readonly store: RepositoryStore
  /** Where its evidence says that things are. */
  readonly at: StoragePaths
}

export const NAME = 'team/app'
const bytes = contentOf('contract', 100)
const other = contentOf('another', 70)
export const digest: Digest = parseDigest(digestOf(bytes))
export const otherDigest: Digest = parseDigest(digestOf(other))
/** Its content was never stored. */
export const nowhere: Digest = parseDigest(digestOf(Buffer.from('nowhere')))

/** Open a store over a storage that a test has filled. */
export async function over(
  harness: PortHarness,
  fill: (storage: MemoryRegistry) => void,
  proves = false,
): Promise<OpenStore> {
  const storage = new MemoryRegistry()
  storage.repository(NAME)
  fill(storage)
  return harness.open(storage, NAME, proves)
}

export function failureOf({ unreadable }: PortHarness): unknown {
  return expect.objectContaining({ name: 'StoreError', code: unreadable })
}

function blobs(storage: MemoryRegistry): void {
  storage.putBlob(NAME, bytes)
  storage.putBlob(NAME, other)
}

/** The promises about manifests and blobs. */
export function describeObjects(name: string, harness: PortHarness): void {
  const failure = failureOf(harness)

  describe(`a store in ${name}, asked for manifests`, () => {
    it('gives their bytes unjudged, in the order of the questions', async () => {
      const empty = parseDigest(digestOf(Buffer.from('was not empty')))
      const { store, at } = await over(harness, (storage) => {
        storage.putManifest(NAME, bytes)
        storage.putManifest(NAME, other)
        storage.repository(NAME).revisions.set(empty, empty).set(nowhere, digest)
        storage.blobs.set(empty, Buffer.alloc(0))
      })
      const link = (of: string): string => at.revisionLink(NAME, of)
      const served = (of: Digest, target: Digest, body: Uint8Array, more = {}) => ({
        is: 'served',
        bytes: expect.toSatisfy((given: Uint8Array) => Buffer.compare(given, body) === 0),
        target,
        linkedAsLayer: false,
        evidence: { link: link(of), path: at.data(target), ...more },
      })
      expect(await store.readManifests([otherDigest, empty, nowhere, digest])).toEqual([
        served(otherDigest, otherDigest, other),
        served(empty, empty, Buffer.alloc(0)),
        served(nowhere, digest, bytes, { ownPath: at.data(nowhere) }),
        served(digest, digest, bytes),
      ])
    })

    it('says what is missing', async () => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => parseDigest(digestOf(Buffer.from(text)))) as [
        Digest,
        Digest,
        Digest,
        Digest,
      ]
      const { store, at } = await over(harness, (storage) => {
        const links = storage.repository(NAME)
        links.revisions.set(a, null).set(b, 'sha256:').set(c, c).set(d, d)
        storage.blobs.set(d, 'a directory')
      })
      const absent = (cause: string, evidence: object) => ({ is: 'absent', cause, evidence })
      const path = (of: string): string => at.revisionLink(NAME, of)
      expect(await store.readManifests([nowhere, a, b, c, d])).toEqual([
        absent('revision-link-missing', { path: path(nowhere), revisionDirectory: 'gone' }),
        absent('revision-link-missing', { path: path(a), revisionDirectory: 'empty' }),
        absent('revision-link-invalid', { path: path(b), content: '"sha256:"' }),
        absent('manifest-missing', { link: path(c), path: at.data(c) }),
        absent('manifest-missing', { link: path(d), path: at.data(d) }),
      ])
    })

    it('tells one that only a layer link leads to, but not where the revision link is merely bad', async () => {
      const { store, at } = await over(harness, (storage) => {
        blobs(storage)
        storage.repository(NAME).revisions.set(otherDigest, '')
      })
      const [asLayer, bad] = await store.readManifests([digest, otherDigest])
      const link = at.layerLink(NAME, digest)
      expect(asLayer).toMatchObject({ is: 'served', target: digest, linkedAsLayer: true, evidence: { link } })
      expect(bad).toMatchObject({ is: 'absent', cause: 'revision-link-invalid' })
    })

    it('gives one of 16 MiB whole, and of a larger one only its size', async () => {
      const [fits, large] = [Buffer.alloc(MANIFEST_LIMIT, 'x'), Buffer.alloc(MANIFEST_LIMIT + 1, 'x')]
      const names = [parseDigest(digestOf(fits)), parseDigest(digestOf(large))]
      const { store } = await over(harness, (storage) => {
        storage.putManifest(NAME, fits)
        storage.putManifest(NAME, large)
      })
      const [whole, tooLarge] = await store.readManifests(names)
      expect(whole && 'bytes' in whole && digestOf(whole.bytes as Uint8Array)).toBe(names[0])
      expect(tooLarge).toEqual({ is: 'too-large', bytes: MANIFEST_LIMIT + 1 })
    })

    it('answers a StoreError, and throws none, where a link or the bytes cannot be read', async () => {
      const { store } = await over(harness, (storage) => {
        storage.putManifest(NAME, bytes)
        storage.putManifest(NAME, other)
        storage.unreadable.set(storage.at.revisionLink(NAME, digest), harness.unreadable)
        storage.unreadable.set(storage.at.data(otherDigest), harness.unreadable)
      })
      expect(await store.readManifests([digest, otherDigest])).toEqual([failure, failure])
    })

    it('gives what remains of one that is not linked', async () => {
      const { store, at } = await over(harness, (storage) => {
        storage.blobs.set(digest, bytes).set(otherDigest, 'a directory')
      })
      const remains = await store.readRemains(digest)
      expect(remains).toMatchObject({ place: at.data(digest) })
      expect(remains && !(remains instanceof StoreError) && Buffer.compare(remains.bytes, bytes)).toBe(0)
      expect([await store.readRemains(nowhere), await store.readRemains(otherDigest)]).toEqual([undefined, undefined])
    })
  })

  describe(`a store in ${name}, asked for blobs`, () => {
    const ask = (of: Digest, sizes: readonly number[], prove = true): BlobQuestion => ({ digest: of, sizes, prove })

    it('hashes where a claimed size differs, and not where it only should be there', async () => {
      const { store, at } = await over(harness, blobs)
      const present = (of: Digest, size: number, measured?: Digest) => ({
        is: 'present',
        bytes: size,
        target: of,
        measured,
        evidence: { link: at.layerLink(NAME, of), path: at.data(of) },
      })
      const questions = [
        ask(otherDigest, [70]),
        ask(digest, [99]),
        ask(digest, [100, 7]),
        ask(digest, []),
        ask(digest, [99], false),
      ]
      expect(await store.probeBlobs(questions)).toEqual([
        present(otherDigest, 70),
        present(digest, 100, digest),
        present(digest, 100, digest),
        present(digest, 100),
        present(digest, 100),
      ])
    })

    it('hashes by the algorithm of the question: sha512 is stored under sha256', async () => {
      const long = parseDigest(digestOf(bytes, 'sha512'))
      const { store } = await over(harness, (storage) => {
        storage.putBlob(NAME, bytes, long)
      })
      expect(await store.probeBlobs([ask(long, [1])])).toMatchObject([
        { is: 'present', target: digest, measured: long },
      ])
    })

    it('hashes everything where bytes are to be proved, but for what only should be there', async () => {
      const { store } = await over(
        harness,
        (storage) => {
          blobs(storage)
          storage.blobs.set(otherDigest, contentOf('altered', 70))
        },
        true,
      )
      const measured = digestOf(contentOf('altered', 70))
      expect(
        await store.probeBlobs([ask(digest, [100]), ask(otherDigest, [70]), ask(digest, [], false)]),
      ).toMatchObject([{ measured: digest }, { measured }, { measured: undefined }])
    })

    it('says what is missing, and whether the bytes are still stored', async () => {
      const { store, at } = await over(harness, (storage) => {
        blobs(storage)
        storage.repository(NAME).layers.delete(digest)
        storage.repository(NAME).layers.set(otherDigest, '').set(nowhere, nowhere)
      })
      const path = (of: string): string => at.layerLink(NAME, of)
      const stored = (of: string, blobStored = true) => ({ path: path(of), blobStored, blobPath: at.data(of) })
      const never = parseDigest(digestOf(Buffer.from('never')))
      const answers = await store.probeBlobs([
        ask(digest, [100]),
        ask(otherDigest, []),
        ask(nowhere, []),
        ask(never, []),
      ])
      expect(answers).toMatchObject([
        { is: 'absent', cause: 'layer-link-missing', evidence: stored(digest) },
        { is: 'absent', cause: 'layer-link-invalid', evidence: { ...stored(otherDigest), content: '""' } },
        {
          is: 'absent',
          cause: 'blob-missing',
          evidence: { link: path(nowhere), path: at.data(nowhere) },
          target: nowhere,
        },
        { is: 'absent', cause: 'layer-link-missing', evidence: stored(never, false) },
      ])
    })

    it('names what a wrong link names, and tells a directory from a file', async () => {
      const { store, at } = await over(harness, (storage) => {
        blobs(storage)
        storage.repository(NAME).layers.set(digest, otherDigest).set(nowhere, nowhere)
        storage.blobs.set(nowhere, 'a directory')
      })
      expect(await store.probeBlobs([ask(digest, [100]), ask(nowhere, [])])).toMatchObject([
        {
          is: 'present',
          bytes: 70,
          target: otherDigest,
          evidence: { path: at.data(otherDigest), ownPath: at.data(digest) },
        },
        { is: 'absent', cause: 'blob-missing', evidence: { dataIs: 'a directory' } },
      ])
    })

    it('answers a StoreError, and throws none, where a link or the bytes cannot be read', async () => {
      const { store } = await over(harness, (storage) => {
        blobs(storage)
        storage.unreadable.set(storage.at.layerLink(NAME, digest), harness.unreadable)
        storage.unreadable.set(storage.at.data(otherDigest), harness.unreadable)
      })
      expect(await store.probeBlobs([ask(digest, [100]), ask(otherDigest, [1]), ask(otherDigest, [70])])).toEqual([
        failure,
        failure,
        failure,
      ])
    })
  })
}
