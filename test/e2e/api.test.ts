import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { collectGarbage, startRegistry, withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const directory = scratch()
const QUICK = ['--recheck-delay=0']

describeWithServers(['docker-registry'], 'a registry that is asked over its API', () => {
  it('that is whole is called so, under the name of its host', async () => {
    await withRegistry({ root: copyOfFixture('lawful-artifact', join(directory, 'whole')) }, async ({ url, host }) => {
      const ran = await scanJson([url], ['--all-tags'])
      expect(ran.code).toBe(0)
      expect(targetIn(ran)).toMatchObject({ target: url, registry: host, kind: 'api', complete: true, findings: [] })
      expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
    })
  })

  it('and whose index lost its children to a garbage collection is damaged', async () => {
    await withRegistry({ root: copyOfFixture('child-deleted-by-gc-m', join(directory, 'gc')) }, async ({ url }) => {
      const ran = await scanJson([url], QUICK)
      expect(ran.code).toBe(1)
      const found = targetIn(ran).findings.map(({ code, cause }) => `${code} ${cause}`)
      expect(new Set(found)).toEqual(new Set(['index-child-missing not-served']))
    })
  })

  it('with a cache that has not heard of the garbage collection is not believed', async () => {
    const root = join(directory, 'masked')
    const registry = await startRegistry({ root, cache: true })
    try {
      const app = image('app')
      const whole = image('whole')
      const place = (repository: string) => ({ url: registry.url, repository })
      await push(place('app'), index([app, image('other')]), 'latest')
      await push(place('whole'), whole, 'latest')
      // Untagged children go, their layers with them; the server's cache still knows both.
      const warm = async () =>
        Promise.all(
          app.layers.map(async ({ descriptor }) => {
            return (await fetch(`${registry.url}/v2/app/blobs/${descriptor.digest}`, { method: 'HEAD' })).status
          }),
        )
      await warm()
      expect((await collectGarbage(root, { deleteUntagged: true })).code).toBe(0)
      expect(new Set(await warm())).toEqual(new Set([200]))
      const ran = await scanJson([registry.url], [...QUICK, '--all-tags'])
      expect(ran.code).toBe(1)
      const verdicts = targetIn(ran).tags.map(({ repository, verdict }) => [repository, verdict])
      expect(verdicts).toEqual([
        ['app', 'unpullable'],
        ['whole', 'intact'],
      ])
    } finally {
      await registry.stop()
    }
  })

  it('in which a repository that was asked for by name is not there is incomplete, and the rest is judged', async () => {
    await withRegistry({ root: copyOfFixture('lawful-artifact', join(directory, 'partly')) }, async ({ url }) => {
      const ran = await scanJson([url], ['--repositories=app', '--repositories=never-pushed', '--all-tags'])
      expect(ran.code).toBe(3)
      expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
      expect(targetIn(ran).unchecked).toMatchObject([{ repository: 'never-pushed', because: 'STORE_READ_FAILED' }])
    })
  })

  it('and lists a repository that has lost its tags is complete', async () => {
    const root = copyOfFixture('lawful-artifact', join(directory, 'gutted'))
    rmSync(join(storagePaths(root).repository('app'), '_manifests/tags'), { recursive: true })
    await withRegistry({ root }, async ({ url }) => {
      const ran = await scanJson([url])
      expect(ran.code).toBe(0)
      expect(targetIn(ran).totals?.repositories).toBe(1)
    })
  })
})

describe('an address at which no registry answers', () => {
  it.each([
    ['http://127.0.0.1:1', /cannot be reached: /],
    ['http://no-such-host.invalid', /: cannot resolve host no-such-host\.invalid \(/],
  ])('%s ends with 4 and a sentence', async (url, sentence) => {
    const ran = await regfsck(['scan', url])
    expect(ran.code).toBe(4)
    expect(ran.stdout).toMatch(sentence)
  })

  it.each([
    ['https://user:canary@host', /must not contain a user name or password/],
    ['ftp://host', /cannot be scanned/],
    ['https://host/?x=1', /has a query/],
    ['https://', /is not a URL/],
  ])('%s ends with 2 before anything is asked', async (url, sentence) => {
    const ran = await regfsck(['scan', url])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(sentence)
    expect(ran.stderr).not.toContain('canary')
  })
})
