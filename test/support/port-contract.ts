import { describe, expect, it } from 'vitest'
import type { TagName } from '../../src/oci/names.ts'
import { image } from './images.ts'
import {
  describeObjects,
  digest,
  failureOf,
  NAME,
  nowhere,
  otherDigest,
  over,
  type PortHarness,
} from './port-contract-objects.ts'

const tag = (name: string): TagName => name as TagName

/** The promises of {@link RepositoryStore} that hold for every store over files in the distribution layout. */
export function describeRepositoryStore(name: string, harness: PortHarness): void {
  const failure = failureOf(harness)

  describe(`a store in ${name}, asked what there is`, () => {
    it('lists tags, revisions and layers, those with bad or missing links among them', async () => {
      const { store } = await over(harness, (storage) => {
        storage.push(NAME, image('one'), 'v1')
        const links = storage.repository(NAME)
        links.tags.set('bad', '').set('bare', null)
        links.revisions.set(digest, '').set(nowhere, null)
        links.layers.clear()
        links.layers.set(otherDigest, 'x')
      })
      expect([...(await store.listTags()).found].sort()).toEqual(['bad', 'bare', 'v1'])
      const revisions = [image('one').descriptor.digest, digest, nowhere].sort()
      expect([...((await store.listRevisions())?.found ?? [])].sort()).toEqual(revisions)
      expect((await store.listLayerLinks())?.found).toEqual([otherDigest])
    })

    it('lists nothing, and is at ease, where there is nothing', async () => {
      const { store } = await over(harness, () => undefined)
      const nothing = { found: [], unreadable: [] }
      expect([await store.listTags(), await store.listRevisions(), await store.listLayerLinks()]).toEqual([
        nothing,
        nothing,
        nothing,
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
      expect([found, revisions?.found, layers?.found]).toEqual([['sound'], [], []])
    })

    it.each(['_manifests/tags', '_manifests/revisions', '_layers'])(
      'throws a StoreError where %s cannot be listed',
      async (place) => {
        const { store } = await over(harness, (storage) => {
          storage.push(NAME, image('one'), 'v1')
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
      const { store, at } = await over(harness, (storage) => {
        storage.repository(NAME).tags.set('a', digest).set('b', otherDigest).set('bad', `${digest}\n`).set('bare', null)
        storage.repository(NAME).tags.set('unread', digest)
        storage.unreadable.set(storage.at.tagLink(NAME, 'unread'), harness.unreadable)
      })
      const path = (of: string): string => at.tagLink(NAME, of)
      expect(await store.resolveTags(['b', 'bad', 'a', 'gone', 'unread', 'bare', 'a'].map(tag))).toEqual([
        { is: 'resolved', digest: otherDigest },
        {
          is: 'dangling',
          cause: 'link-invalid',
          evidence: { path: path('bad'), content: JSON.stringify(`${digest}\n`) },
        },
        { is: 'resolved', digest },
        { is: 'gone' },
        failure,
        { is: 'dangling', cause: 'link-missing', evidence: { path: path('bare') } },
        { is: 'resolved', digest },
      ])
    })

    it('takes a link of an unknown algorithm for a bad one, and shows no more than its start', async () => {
      const { store } = await over(harness, ({ repositories }) => {
        repositories.get(NAME)?.tags.set('odd', 'blake3:abc').set('long', 'x'.repeat(5000))
      })
      const [odd, long] = await store.resolveTags([tag('odd'), tag('long')])
      expect(odd).toMatchObject({ is: 'dangling', cause: 'link-invalid', evidence: { content: '"blake3:abc"' } })
      expect(long).toMatchObject({ is: 'dangling', evidence: { content: `"${'x'.repeat(100)}"` } })
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

  describeObjects(name, harness)
}
