import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { makeCertificate } from '../support/servers/certificate.ts'
import { withRegistry } from '../support/servers/registry.ts'
import {
  type RegistrySwappingStorage,
  registrySwappingStorage,
  scanHere,
} from '../support/servers/registry-swapping-storage.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { type Quirk, sendUnknown, simulateRegistry } from '../support/simulated/registry.ts'

/** What a team's shell probe missed or took for damage, each with the promise that we keep instead. */
const directory = scratch()
const app = image('app')
const [layer] = app.layers
const lost = layer?.descriptor.digest ?? ''

function findings(ran: Ran): string[] {
  return targetIn(ran)
    .findings.map(({ code, cause, repository, digest }) => `${code} ${cause} ${repository} ${digest}`)
    .sort()
}

function verdicts(ran: Ran): string[] {
  return targetIn(ran).tags.map(({ repository, tag, verdict }) => `${repository}:${tag} ${verdict}`)
}

describeWithServers(['docker-registry'], 'where the shell probe checked a part, the scan', () => {
  let served: RegistrySwappingStorage

  beforeAll(async () => {
    served = await registrySwappingStorage({ root: join(directory, 'parts') })
  })

  afterAll(() => served.registry.stop())

  it.each([100, 7])(
    'follows the catalog to its last page, where the server gives %i names at most',
    async (maxentries) => {
      const config = { catalog: { maxentries } }
      const paged = await registrySwappingStorage({ root: join(directory, `paged-${maxentries}`), config })
      const child = image('child')
      paged.holds((storage) => {
        for (let n = 0; n < 120; n++) storage.push(`team/app-${String(n).padStart(3, '0')}`, index([child]), 'v1')
        storage.repository('team/app-119').revisions.delete(child.descriptor.digest)
      })
      const refused = await fetch(`${paged.registry.url}/v2/_catalog?n=1000`)
      const ran = await paged.scan('--depth=graph')
      await paged.registry.stop()
      expect(refused.status).toBe(400)
      expect(targetIn(ran)).toMatchObject({ complete: true, totals: { repositories: 120, tags: { intact: 119 } } })
      expect(findings(ran)).toEqual([`index-child-missing not-served team/app-119 ${child.descriptor.digest}`])
    },
  )

  it('checks every tag, and not only the five that are listed last', async () => {
    const tags = Array.from({ length: 24 }, (_, n) => `v${n}`)
    served.holds((storage) => {
      for (const tag of tags) storage.push('app', image(tag), tag)
      for (const tag of tags) if (tag !== 'v7') storage.blobs.delete(image(tag).config.descriptor.digest)
    })
    const ran = await served.scan()
    expect(verdicts(ran).sort()).toEqual(
      tags.map((tag) => `app:${tag} ${tag === 'v7' ? 'intact' : 'unpullable'}`).sort(),
    )
  })

  it('asks for the config and for every layer', async () => {
    served.holds((storage) => {
      storage.push('whole', image('whole'), 'latest')
      storage.push('app', app, 'latest')
      for (const { descriptor } of [app.config, ...app.layers]) storage.blobs.delete(descriptor.digest)
    })
    const ran = await served.scan()
    expect(verdicts(ran)).toEqual(['app:latest unpullable', 'whole:latest intact'])
    expect(findings(ran)).toEqual(
      [
        `config-missing not-served app ${app.config.descriptor.digest}`,
        ...app.layers.map(({ descriptor }) => `layer-missing not-served app ${descriptor.digest}`),
      ].sort(),
    )
  })

  it('goes down into an index inside an index', async () => {
    const [inner, other] = [index([app]), index([image('other')])]
    served.holds((storage) => {
      storage.push('nested', index([inner]), 'latest')
      storage.push('nested', index([other]), 'other')
      storage.repository('nested').revisions.delete(app.descriptor.digest)
    })
    const ran = await served.scan()
    expect(verdicts(ran)).toEqual(['nested:latest unpullable', 'nested:other intact'])
    expect(findings(ran)).toEqual([`index-child-missing not-served nested ${app.descriptor.digest}`])
  })

  it('knows an index that does not say that it is one', async () => {
    const silent = (...children: Parameters<typeof index>[0]) => index(children, { fields: { mediaType: undefined } })
    served.holds((storage) => {
      storage.push('silent', silent(app), 'latest')
      storage.push('silent', silent(image('other')), 'other')
      storage.repository('silent').revisions.delete(app.descriptor.digest)
    })
    const ran = await served.scan()
    expect(verdicts(ran)).toEqual(['silent:latest unpullable', 'silent:other intact'])
    expect(findings(ran)).toEqual([`index-child-missing not-served silent ${app.descriptor.digest}`])
  })
})

describeWithServers(['docker-registry'], 'where the shell probe was misled by the cache, the scan', () => {
  it('is not content with a HEAD: what the server only remembers is missing', async () => {
    const root = join(directory, 'remembered')
    await withRegistry({ root, cache: true }, async ({ url }) => {
      await push({ url, repository: 'app' }, app, 'latest')
      await push({ url, repository: 'whole' }, image('whole'), 'latest')
      const head = async () => (await fetch(`${url}/v2/app/blobs/${lost}`, { method: 'HEAD' })).status
      await head()
      rmSync(storagePaths(root).data(lost))
      expect(await head()).toBe(200)
      const ran = await scanHere(url)
      expect(verdicts(ran)).toEqual(['app:latest unpullable', 'whole:latest intact'])
      expect(findings(ran)).toEqual([`layer-missing not-served app ${lost}`])
      // Nor has our asking changed what the server says of it.
      expect([await head(), findings(await scanHere(url))]).toEqual([200, findings(ran)])
    })
  })
})

describeWithServers(['docker-registry', 'openssl'], 'where the shell probe trusted any certificate, the scan', () => {
  it('trusts none that nobody vouches for', async () => {
    const { cert, key } = makeCertificate(join(directory, 'tls'))
    const http = { addr: '127.0.0.1:0', secret: 'for tests only', tls: { certificate: cert, key } }
    await withRegistry({ root: join(directory, 'behind-tls'), config: { http } }, async ({ host }) => {
      const ran = await scanHere(`https://${host}`)
      expect([ran.code, targetIn(ran).complete, targetIn(ran).findings]).toEqual([4, false, []])
      expect(targetIn(ran).error).toMatch(/cannot be trusted \(TLS\)/)
      // Let in, it finds an empty registry, which it does not take for a whole one.
      expect((await scanHere(`https://${host}`, ['--ca-file', cert])).code).toBe(3)
    })
  })
})

describe('simulated: where the shell probe took a failure for corruption, or for nothing, the scan', () => {
  const child = image('child')
  const scan = async (quirk: Quirk): Promise<Ran> => {
    const registry = await simulateRegistry(child, quirk)
    try {
      return await scanHere(registry.url, ['--request-timeout=1s'])
    } finally {
      await registry.stop()
    }
  }

  it.each([
    [401, 'STORE_DENIED'],
    [403, 'STORE_DENIED'],
    [429, 'STORE_THROTTLED'],
    [500, 'STORE_SERVER_ERROR'],
    [503, 'STORE_SERVER_ERROR'],
    ['no answer', 'STORE_TIMEOUT'],
  ])('leaves unchecked what is answered by %s', async (status, because) => {
    const places = [`/manifests/${child.descriptor.digest}`, `/blobs/${child.config.descriptor.digest}`]
    const scans = places.map((place) =>
      scan(({ path }, response) => {
        if (!path.pathname.endsWith(place)) return false
        if (typeof status === 'number') response.writeHead(status, { 'retry-after': '0' }).end()
        return true
      }),
    )
    for (const ran of await Promise.all(scans)) {
      expect([ran.code, findings(ran), verdicts(ran)]).toEqual([3, [], ['app:latest unchecked']])
      expect(targetIn(ran).unchecked).toMatchObject([{ repository: 'app', because }])
    }
  })

  it('calls damage what is answered by 404', async () => {
    const ran = await scan(({ path }, response) => {
      if (!path.pathname.endsWith(lastOf(child))) return false
      sendUnknown(response, 'BLOB_UNKNOWN')
      return true
    })
    expect([ran.code, findings(ran)]).toEqual([1, [`layer-missing not-served app ${lastOf(child)}`]])
  })

  it.each([401, 429, 500])('has nothing to say, and says so, where the catalog answers %i', async (status) => {
    const ran = await scan(({ path }, response) => {
      if (path.pathname !== '/v2/_catalog') return false
      response.writeHead(status, { 'retry-after': '0' }).end()
      return true
    })
    expect(ran.code).toBe(4)
    expect(targetIn(ran)).toMatchObject({ complete: false, totals: null, tags: [], findings: [] })
    expect(targetIn(ran).error).toMatch(new RegExp(`_catalog answered ${status}`))
  })

  it('ends with one number for a broken registry, and with others for a failed look', async () => {
    const at = (place: string, status: number): Quirk => {
      return ({ path }, response) => {
        if (!path.pathname.endsWith(place)) return false
        if (status === 404) sendUnknown(response, 'BLOB_UNKNOWN')
        else response.writeHead(status).end()
        return true
      }
    }
    const codes = [at('/nowhere', 404), at(lastOf(child), 404), at(lastOf(child), 500), at('/v2/', 500)].map(
      async (quirk) => (await scan(quirk)).code,
    )
    expect(await Promise.all(codes)).toEqual([0, 1, 3, 4])
  })
})

function lastOf({ layers }: typeof app): string {
  return layers.at(-1)?.descriptor.digest ?? ''
}
