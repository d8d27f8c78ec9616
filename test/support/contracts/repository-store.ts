import { describe, expect, it } from 'vitest'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import type { TagName } from '../../../src/oci/names.ts'
import { image } from '../builders/images.ts'
import { describeBlobs } from './repository-store-blobs.ts'
import { failureOf, NAME, nowhere, over, type PortHarness, wordsOf } from './repository-store-harness.ts'
import { describeManifests } from './repository-store-manifests.ts'

const tag = (name: string): TagName => name as TagName
const [one, two] = [image('one'), image('two')]
const digest: Digest = parseDigest(one.descriptor.digest)
const otherDigest: Digest = parseDigest(two.descriptor.digest)

/** The promises of {@link RepositoryStore} that hold for every store over what the distribution layout holds. */
export function describeRepositoryStore(name: string, harness: PortHarness): void {
  const failure = failureOf(harness)
  const seesStorage = harness.sees === 'storage'

  describe(`a store in ${name}, asked what there is`, () => {
    it('lists tags, revisions and layers, those with bad or missing links among them, as far as it can know', async () => {
      const { store } = await over(harness, (storage) => {
        storage.push(NAME, one, 'v1')
        const links = storage.repository(NAME)
        links.tags.set('bad', '').set('bare', null)
        links.revisions.set(otherDigest, '').set(nowhere, null)
        links.layers.clear()
        links.layers.set(otherDigest, 'x')
      })
      expect([...(await store.listTags()).found].sort()).toEqual(['bad', 'bare', 'v1'])
      const [revisions, layers] = [await store.listRevisions(), await store.listLayerLinks()]
      expect(revisions && [...revisions.found].sort()).toEqual(
        seesStorage ? [digest, otherDigest, nowhere].sort() : undefined,
      )
      expect(layers?.found).toEqual(seesStorage ? [otherDigest] : undefined)
    })

    it('lists nothing, and is at ease, where there is nothing', async () => {
      const { store } = await over(harness, () => undefined)
      const nothing = { found: [], unreadable: [] }
      const unknown = seesStorage ? nothing : undefined
      expect([await store.listTags(), await store.listRevisions(), await store.listLayerLinks()]).toEqual([
        nothing,
        unknown,
        unknown,
      ])
    })

    it('lists no name that is no tag and no digest', async () => {
      const { store } = await over(harness, ({ repositories }) => {
        const links = repositories.get(NAME)
        links?.tags.set('-x', '').set('sound', null)
        links?.revisions.set('sha256:short', '')
        links?.layers.set('sha256:short', '')
      })
      const { found } = await store.listTags()
      const revisions = await store.listRevisions()
      const layers = await store.listLayerLinks()
      const none = seesStorage ? [] : undefined
      expect([found, revisions?.found, layers?.found]).toEqual([['sound'], none, none])
    })

    it.each(['_manifests/tags', ...(seesStorage ? ['_manifests/revisions', '_layers'] : [])])(
      'throws a StoreError where %s cannot be listed',
      async (place) => {
        const { store } = await over(harness, (storage) => {
          storage.push(NAME, one, 'v1')
          storage.unreadable.set(`${storage.at.repository(NAME)}/${place}`, harness.unreadable)
        })
        const list = (): Promise<unknown> => {
          if (place === '_layers') return store.listLayerLinks()
          return place.endsWith('tags') ? store.listTags() : store.listRevisions()
        }
        await expect(list()).rejects.toEqual(failure)
      },
    )
  })

  describe(`a store in ${name}, asked for tags`, () => {
    it('says what each names, in the order of the questions', async () => {
      const open = await over(harness, (storage) => {
        storage.push(NAME, one, 'a')
        storage.push(NAME, two, 'b')
        storage.repository(NAME).tags.set('bad', `${digest}\n`).set('bare', null).set('unread', digest)
        storage.unreadable.set(storage.at.tagLink(NAME, 'unread'), harness.unreadable)
      })
      const words = wordsOf(harness, open)
      const path = (of: string): string => open.at.tagLink(NAME, of)
      const dangling = { is: 'dangling', cause: 'link-missing', evidence: { path: path('bare') } }
      const questions = ['b', 'bad', 'a', 'gone', 'unread', 'bare', 'a'].map(tag)
      expect(await open.store.resolveTags(questions)).toEqual([
        { is: 'resolved', digest: otherDigest },
        words.bad({
          is: 'dangling',
          cause: 'link-invalid',
          // What it meant is told all the same: it helps to repair it.
          evidence: { path: path('bad'), content: JSON.stringify(`${digest}\n`), lastPushed: digest },
        }),
        { is: 'resolved', digest },
        // A server lists a tag without a link, and answers for it as for one that never was.
        seesStorage ? { is: 'gone' } : words.missing('manifests/gone', dangling),
        failure,
        words.missing('manifests/bare', dangling),
        { is: 'resolved', digest },
      ])
    })

    it('takes a link of an unknown algorithm for a bad one, and shows no more than its start', async () => {
      const open = await over(harness, ({ repositories }) => {
        repositories.get(NAME)?.tags.set('odd', 'blake3:abc').set('long', 'x'.repeat(5000))
      })
      const bad = (of: string, content: string): unknown =>
        wordsOf(harness, open).bad({
          is: 'dangling',
          cause: 'link-invalid',
          evidence: { path: open.at.tagLink(NAME, of), content },
        })
      expect(await open.store.resolveTags([tag('odd'), tag('long')])).toEqual([
        bad('odd', '"blake3:abc"'),
        bad('long', `"${'x'.repeat(100)}"`),
      ])
    })

    it('answers no question with no answer', async () => {
      const { store } = await over(harness, () => undefined)
      expect([await store.resolveTags([]), await store.readManifests([]), await store.probeBlobs([])]).toEqual([
        [],
        [],
        [],
      ])
    })
  })

  describeManifests(name, harness)
  describeBlobs(name, harness)
}
