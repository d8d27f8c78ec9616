import { describe, expect, it } from 'vitest'
import { MANIFEST_LIMIT } from '../../../src/check/rules.ts'
import { StoreError } from '../../../src/check/store-error.ts'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import { digestOf, image, MEDIA_TYPE } from '../builders/images.ts'
import { failureOf, NAME, nowhere, over, type PortHarness, wordsOf } from './repository-store-harness.ts'

/** What a client of a server adds to each manifest. */
const BY_REGISTRY = { servedByRegistry: true, labels: { contentType: MEDIA_TYPE.oci.image } }
const bytes = image('one').bytes
const other = image('two').bytes
const digest: Digest = parseDigest(digestOf(bytes))
const otherDigest: Digest = parseDigest(digestOf(other))

/** What a manifest's request asks for, from the repository on. */
const request = (of: string): string => `manifests/${of}`

/** The promises about manifests. */
export function describeManifests(name: string, harness: PortHarness): void {
  const failure = failureOf(harness)

  describe(`a store in ${name}, asked for manifests`, () => {
    it('gives their bytes unjudged, in the order of the questions', async () => {
      const empty = parseDigest(digestOf(Buffer.from('was not empty')))
      const open = await over(harness, (storage) => {
        storage.putManifest(NAME, bytes)
        storage.putManifest(NAME, other)
        storage.repository(NAME).revisions.set(empty, empty).set(nowhere, digest)
        storage.blobs.set(empty, Buffer.alloc(0))
      })
      const words = wordsOf(harness, open)
      const { at } = open
      const served = (of: Digest, target: Digest, body: Uint8Array, more = {}) => ({
        is: 'served',
        bytes: expect.toSatisfy((given: Uint8Array) => Buffer.compare(given, body) === 0),
        target,
        linkedAsLayer: false,
        evidence: { link: at.revisionLink(NAME, of), path: at.data(target), ...more },
      })
      expect(await open.store.readManifests([otherDigest, empty, nowhere, digest])).toEqual([
        words.there(request(otherDigest), served(otherDigest, otherDigest, other), BY_REGISTRY),
        // A server refuses to send a manifest that it cannot parse.
        words.bad(served(empty, empty, Buffer.alloc(0))),
        // Where the link leads is not told by a server: its bytes are meant to be those of the question.
        words.there(request(nowhere), served(nowhere, digest, bytes, { ownPath: at.data(nowhere) }), {
          ...BY_REGISTRY,
          target: nowhere,
        }),
        words.there(request(digest), served(digest, digest, bytes), BY_REGISTRY),
      ])
    })

    it('says what is missing', async () => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => parseDigest(digestOf(Buffer.from(text)))) as [
        Digest,
        Digest,
        Digest,
        Digest,
      ]
      const open = await over(harness, (storage) => {
        const links = storage.repository(NAME)
        links.revisions.set(a, null).set(b, 'sha256:').set(c, c).set(d, d)
        storage.blobs.set(d, 'a directory')
      })
      const words = wordsOf(harness, open)
      const { at } = open
      const absent = (cause: string, evidence: Readonly<Record<string, string>>) => ({ is: 'absent', cause, evidence })
      const path = (of: string): string => at.revisionLink(NAME, of)
      expect(await open.store.readManifests([nowhere, a, b, c, d])).toEqual([
        words.missing(
          request(nowhere),
          absent('revision-link-missing', { path: path(nowhere), revisionDirectory: 'gone' }),
        ),
        words.missing(request(a), absent('revision-link-missing', { path: path(a), revisionDirectory: 'empty' })),
        words.bad(absent('revision-link-invalid', { path: path(b), content: '"sha256:"' })),
        words.missing(request(c), absent('manifest-missing', { link: path(c), path: at.data(c) })),
        words.missing(
          request(d),
          absent('manifest-missing', { link: path(d), path: at.data(d), dataIs: 'a directory' }),
        ),
      ])
    })

    it('reports one that only a layer link leads to, but not where the revision link is merely bad', async () => {
      const open = await over(harness, (storage) => {
        storage.putBlob(NAME, bytes)
        storage.putBlob(NAME, other)
        storage.repository(NAME).revisions.set(otherDigest, '')
      })
      const words = wordsOf(harness, open)
      const { at } = open
      const asLayer = {
        is: 'served',
        bytes: expect.toSatisfy((given: Uint8Array) => Buffer.compare(given, bytes) === 0),
        target: digest,
        linkedAsLayer: true,
        evidence: { link: at.layerLink(NAME, digest), path: at.data(digest) },
      }
      const evidence = { path: at.revisionLink(NAME, otherDigest), content: '""' }
      expect(await open.store.readManifests([digest, otherDigest])).toEqual([
        words.there(request(digest), asLayer, { ...BY_REGISTRY, linkedAsLayer: false }),
        words.bad({ is: 'absent', cause: 'revision-link-invalid', evidence } as const),
      ])
    })

    it('gives a large one whole, and of one that is larger than 16 MiB only its size', async () => {
      const padded = (size: number) => Buffer.concat([bytes, Buffer.alloc(size - bytes.byteLength, ' ')])
      // The reference server sends none that is larger than what it would accept.
      const [most, more] = harness.sees === 'storage' ? [MANIFEST_LIMIT, MANIFEST_LIMIT + 1] : [4 << 20, (4 << 20) + 1]
      const [fits, large] = [padded(most), padded(more)]
      const names = [parseDigest(digestOf(fits)), parseDigest(digestOf(large))]
      const open = await over(harness, (storage) => {
        storage.putManifest(NAME, fits)
        storage.putManifest(NAME, large)
      })
      const [whole, tooLarge] = await open.store.readManifests(names)
      expect(whole && 'bytes' in whole && digestOf(whole.bytes as Uint8Array)).toBe(names[0])
      if (harness.sees === 'storage') {
        expect(tooLarge).toMatchObject({ is: 'too-large', bytes: more, target: names[1], linkedAsLayer: false })
        expect(await open.store.hashManifest?.(names[1] as Digest, names[1] as Digest)).toBe(names[1])
      } else expect(tooLarge).toEqual(failure)
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

    it('gives what remains of one that is not linked, where it can see that', async () => {
      const { store, at } = await over(harness, (storage) => {
        storage.blobs.set(digest, bytes).set(otherDigest, 'a directory')
      })
      const remains = await store.readRemains(digest)
      if (harness.sees === 'storage') {
        expect(remains).toMatchObject({ place: at.data(digest) })
        expect(remains && !(remains instanceof StoreError) && Buffer.compare(remains.bytes, bytes)).toBe(0)
      } else expect(remains).toBeUndefined()
      expect([await store.readRemains(nowhere), await store.readRemains(otherDigest)]).toEqual([undefined, undefined])
    })
  })
}
