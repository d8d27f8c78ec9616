import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index, json } from '../support/builders/images.ts'
import { type Ran, targetIn } from '../support/command/run.ts'
import { fingerprint } from '../support/fingerprint.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RegistrySwappingStorage, registrySwappingStorage } from '../support/servers/registry-swapping-storage.ts'
import { describeWithServers } from '../support/servers/required.ts'
import type { MemoryRegistry } from '../support/simulated/memory-registry.ts'

/** What a team's scan script missed, took for damage or destroyed, each with the promise that we keep instead. */
const directory = scratch()
const app = image('app')
const other = image('other')
const manifest = app.descriptor.digest
const config = app.config.descriptor.digest
const lost = app.layers.at(-1)?.descriptor.digest ?? ''

function findings(ran: Ran): string[] {
  return targetIn(ran)
    .findings.map(({ code, cause, tag, digest }) => `${code} ${cause} ${tag ?? digest}`)
    .sort()
}

function verdicts(ran: Ran): string[] {
  return targetIn(ran).tags.map(({ tag, verdict }) => `${tag} ${verdict}`)
}

describeWithServers(['docker-registry'], 'unlike the scan script, a scan over the API', () => {
  let served: RegistrySwappingStorage

  beforeAll(async () => {
    served = await registrySwappingStorage({ root: join(directory, 'registry'), config: ACCESS_LOG })
  })

  afterAll(() => served.registry.stop())

  /** Two tags in one repository, `tested` and `sound`; what is done to the first is all that is wrong. */
  async function scanned(damage: (storage: MemoryRegistry) => void, ...flags: readonly string[]): Promise<Ran> {
    served.holds((storage) => {
      storage.push('app', index([app]), 'tested')
      storage.push('app', index([other]), 'sound')
      damage(storage)
    })
    return served.scan(...flags)
  }

  it('says nothing, and ends with 0, where nothing is wrong', async () => {
    const ran = await scanned(() => undefined)
    expect([ran.code, findings(ran), verdicts(ran)]).toEqual([0, [], ['sound intact', 'tested intact']])
  })

  it.each<[string, (storage: MemoryRegistry) => void, string]>([
    ['a layer whose bytes are gone', ({ blobs }) => blobs.delete(lost), `layer-missing not-served ${lost}`],
    [
      'a layer that is stored, but no longer linked',
      (storage) => storage.repository('app').layers.delete(lost),
      `layer-missing not-served ${lost}`,
    ],
    ['a config', ({ blobs }) => blobs.delete(config), `config-missing not-served ${config}`],
    [
      'a child that is stored, but no longer linked: the link decides, not the blob',
      (storage) => storage.repository('app').revisions.delete(manifest),
      `index-child-missing not-served ${manifest}`,
    ],
    [
      'a tag without a link',
      (storage) => storage.repository('app').tags.set('tested', null),
      'tag-dangling not-served tested',
    ],
    [
      'a tag whose manifest is not there',
      (storage) => storage.repository('app').revisions.delete(index([app]).descriptor.digest),
      'tag-dangling not-served tested',
    ],
    [
      'a layer that was cut short',
      ({ blobs }) => blobs.set(lost, Buffer.alloc(7)),
      `blob-size-mismatch truncated ${lost}`,
    ],
    ['a layer that is empty', ({ blobs }) => blobs.set(lost, Buffer.alloc(0)), `blob-size-mismatch empty ${lost}`],
    [
      'a layer that grew',
      ({ blobs }) => blobs.set(lost, Buffer.concat([app.layers.at(-1)?.bytes ?? Buffer.alloc(0), Buffer.from('\n')])),
      `blob-size-mismatch extended ${lost}`,
    ],
  ])('reports %s, and ends with 1', async (_, damage, finding) => {
    const ran = await scanned(damage)
    expect([ran.code, findings(ran)]).toEqual([1, [finding]])
    expect(verdicts(ran)).toEqual(['sound intact', 'tested unpullable'])
  })

  it.each<[string, (storage: MemoryRegistry) => void]>([
    ['a tag', (storage) => storage.repository('app').tags.set('tested', '')],
    ['a revision', (storage) => storage.repository('app').revisions.set(manifest, '')],
    ['a layer', (storage) => storage.repository('app').layers.set(lost, '')],
  ])(
    'does not pass over the empty link of %s: the server fails, so it is unknown, and it ends with 3',
    async (_, damage) => {
      const ran = await scanned(damage)
      expect([ran.code, findings(ran), verdicts(ran)]).toEqual([3, [], ['sound intact', 'tested unchecked']])
      expect(targetIn(ran).unchecked).toMatchObject([{ repository: 'app', because: 'STORE_SERVER_ERROR' }])
    },
  )

  it('reads a manifest of 3.9 MB to its end', async () => {
    const large = json({
      schemaVersion: 2,
      mediaType: app.descriptor.mediaType,
      annotations: { padding: 'x'.repeat(3_900_000) },
      config: app.config.descriptor,
      layers: app.layers.map(({ descriptor }) => descriptor),
    })
    const ran = await scanned((storage) => {
      storage.putManifest('app', large, 'tested')
      storage.blobs.delete(lost)
    })
    expect(findings(ran)).toEqual([`layer-missing not-served ${lost}`])
    const whole = await scanned((storage) => storage.putManifest('app', large, 'tested'), '--depth=content')
    expect([whole.code, verdicts(whole)]).toEqual([0, ['sound intact', 'tested intact']])
  })

  it('deletes nothing, and asks for nothing but to read', async () => {
    const at = served.holds((storage) => {
      storage.push('app', index([app, other]), 'latest')
      // What the script took away: a layer link that leads to nothing.
      storage.blobs.delete(lost)
    })
    const [before, logged] = [fingerprint(at.base), (await requestsTo(served.registry)).length]
    for (const depth of ['graph', 'blobs', 'content']) await served.scan('--depth', depth)
    expect(fingerprint(at.base)).toEqual(before)
    const methods = (await requestsTo(served.registry)).slice(logged).map(({ method }) => method)
    expect(methods.length).toBeGreaterThan(20)
    expect(new Set(methods)).toEqual(new Set(['GET', 'HEAD']))
  })

  it('asks a pull-through cache nothing without leave', async () => {
    served.holds((storage) => storage.push('app', app, 'latest'))
    const logged = (await requestsTo(served.registry)).length
    const ran = await served.scan('--pull-through')
    expect(ran.code).toBe(4)
    expect(targetIn(ran)).toMatchObject({ complete: false, totals: null, findings: [] })
    expect(targetIn(ran).error).toMatch(/pull-through cache: requests would make it fetch.*--allow-fetch/)
    expect((await requestsTo(served.registry)).slice(logged)).toEqual([])
  })

  it('with leave finds nothing wrong with what a pull-through cache never fetched, and still reports bad bytes', async () => {
    const unfetched = (storage: MemoryRegistry): void => {
      storage.repository('app').revisions.delete(manifest)
      storage.blobs.delete(other.layers[0]?.descriptor.digest ?? '')
    }
    expect((await scanned(unfetched)).code).toBe(1)
    const flags = ['--pull-through', '--allow-fetch']
    const ran = await scanned(unfetched, ...flags)
    expect([ran.code, findings(ran), verdicts(ran)]).toEqual([0, [], ['sound intact', 'tested intact']])
    const cut = await scanned(
      (storage) => {
        unfetched(storage)
        storage.blobs.set(other.config.descriptor.digest, Buffer.alloc(7))
      },
      ...flags,
    )
    expect([cut.code, findings(cut)]).toEqual([1, [`blob-size-mismatch truncated ${other.config.descriptor.digest}`]])
  })
})
