import { describe, expect, it } from 'vitest'
import type { BlobQuestion } from '../../../src/check/ports.ts'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import { contentOf, digestOf } from '../builders/images.ts'
import type { MemoryRegistry } from '../simulated/memory-registry.ts'
import { failureOf, NAME, nowhere, over, type PortHarness, wordsOf } from './repository-store-harness.ts'

const bytes = contentOf('contract', 100)
const other = contentOf('another', 70)
const digest: Digest = parseDigest(digestOf(bytes))
const otherDigest: Digest = parseDigest(digestOf(other))

function blobs(storage: MemoryRegistry): void {
  storage.putBlob(NAME, bytes)
  storage.putBlob(NAME, other)
}

/** What a blob's request asks for, from the repository on. */
const request = (of: string): string => `blobs/${of}`
/** How a server answers for the last byte, and for all of them. */
const [PART, WHOLE] = [{ status: 206 }, { status: 200 }]

/** The promises about blobs. */
export function describeBlobs(name: string, harness: PortHarness): void {
  const failure = failureOf(harness)

  describe(`a store in ${name}, asked for blobs`, () => {
    const ask = (of: Digest, sizes: readonly number[], prove = true): BlobQuestion => ({ digest: of, sizes, prove })

    it('hashes where a claimed size differs, and not where it only should be there', async () => {
      const open = await over(harness, blobs)
      const words = wordsOf(harness, open)
      const present = (of: Digest, size: number, measured?: Digest): unknown =>
        words.there(
          request(of),
          {
            is: 'present',
            bytes: size,
            target: of,
            measured,
            evidence: { link: open.at.layerLink(NAME, of), path: open.at.data(of) },
          },
          measured === undefined ? PART : WHOLE,
        )
      const questions = [
        ask(otherDigest, [70]),
        ask(digest, [99]),
        ask(digest, [100, 7]),
        ask(digest, []),
        ask(digest, [99], false),
      ]
      expect(await open.store.probeBlobs(questions)).toEqual([
        present(otherDigest, 70),
        present(digest, 100, digest),
        present(digest, 100, digest),
        present(digest, 100),
        present(digest, 100),
      ])
    })

    it('hashes by the algorithm of the question: sha512 is stored under sha256', async () => {
      const long = parseDigest(digestOf(bytes, 'sha512'))
      const open = await over(harness, (storage) => {
        storage.putBlob(NAME, bytes, long)
      })
      const target = harness.sees === 'storage' ? digest : long
      expect(await open.store.probeBlobs([ask(long, [1])])).toMatchObject([{ is: 'present', target, measured: long }])
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

    it('measures what is there of an empty, a cut and an extended one', async () => {
      const empty = parseDigest(digestOf(Buffer.alloc(0)))
      const [cut, long] = [bytes.subarray(0, 60), Buffer.concat([other, Buffer.from('\n')])]
      const { store } = await over(harness, (storage) => {
        blobs(storage)
        storage.putBlob(NAME, Buffer.alloc(0))
        storage.repository(NAME).layers.set(nowhere, nowhere)
        storage.blobs.set(digest, cut).set(otherDigest, long).set(nowhere, Buffer.alloc(0))
      })
      const questions = [ask(empty, [0]), ask(nowhere, [50], false), ask(digest, [100]), ask(otherDigest, [70])]
      expect(await store.probeBlobs(questions)).toMatchObject([
        { is: 'present', bytes: 0, measured: undefined },
        { is: 'present', bytes: 0, measured: undefined },
        { is: 'present', bytes: 60, measured: digestOf(cut) },
        { is: 'present', bytes: 71, measured: digestOf(long) },
      ])
    })

    it('says what is missing, and whether the bytes are still stored', async () => {
      const open = await over(harness, (storage) => {
        blobs(storage)
        storage.repository(NAME).layers.delete(digest)
        storage.repository(NAME).layers.set(otherDigest, '').set(nowhere, nowhere)
      })
      const words = wordsOf(harness, open)
      const { at } = open
      const path = (of: string): string => at.layerLink(NAME, of)
      const stored = (of: string, blobStored = true) => ({ path: path(of), blobStored, blobPath: at.data(of) })
      const never = parseDigest(digestOf(Buffer.from('never')))
      const absent = (cause: string, evidence: ReturnType<typeof stored> | Readonly<Record<string, string>>) => ({
        is: 'absent',
        cause,
        evidence,
      })
      const answers = await open.store.probeBlobs([
        ask(digest, [100]),
        ask(otherDigest, []),
        ask(nowhere, []),
        ask(never, []),
      ])
      expect(answers).toMatchObject([
        words.missing(request(digest), absent('layer-link-missing', stored(digest))),
        words.bad({ ...absent('layer-link-invalid', { ...stored(otherDigest) }), evidence: { content: '""' } }),
        words.missing(request(nowhere), {
          ...absent('blob-missing', { link: path(nowhere), path: at.data(nowhere) }),
          target: nowhere,
        }),
        words.missing(request(never), absent('layer-link-missing', stored(never, false))),
      ])
    })

    it('measures what a wrong link leads to, and takes no directory for a file', async () => {
      const open = await over(harness, (storage) => {
        blobs(storage)
        storage.repository(NAME).layers.set(digest, otherDigest).set(nowhere, nowhere)
        storage.blobs.set(nowhere, 'a directory')
      })
      const words = wordsOf(harness, open)
      const { at } = open
      const misled = {
        is: 'present',
        bytes: 70,
        target: otherDigest,
        measured: otherDigest,
        evidence: { path: at.data(otherDigest), ownPath: at.data(digest) },
      }
      const directory = { is: 'absent', cause: 'blob-missing', evidence: { dataIs: 'a directory' } } as const
      expect(await open.store.probeBlobs([ask(digest, [100]), ask(nowhere, [])])).toMatchObject([
        words.there(request(digest), misled, { ...WHOLE, target: digest }),
        words.missing(request(nowhere), directory),
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
