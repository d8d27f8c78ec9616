import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TargetError } from '../../src/check/source.ts'
import { ApiSource } from '../../src/sources/api/source.ts'
import { locateRegistries } from '../../src/sources/storage/locate/locate.ts'
import { NEVER } from '../check/scene.ts'
import { image } from '../support/builders/images.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'
import { type Quirk, simulateRegistry } from '../support/simulated/registry.ts'

describe('a simulated registry that cannot be listed is counted by the right reason', () => {
  const at = (path: string, status: number): Quirk => {
    return (request, response) => {
      if (request.path.pathname !== path) return false
      response.writeHead(status, { 'retry-after': '0' }).end()
      return true
    }
  }
  const reasonAt = async (url: string, fetching: 'refused' | 'allowed' = 'allowed'): Promise<string | undefined> => {
    const source = new ApiSource(url, {
      registry: 'hub',
      credential: undefined,
      tokenHosts: [],
      fetching,
      env: {},
      timeout: 2000,
      connections: 2,
    })
    onTestFinished(() => source.close())
    return reasonOf(async () => {
      for await (const _ of source.repositories(NEVER));
    })
  }

  it.each([
    [401, 'unauthorized', 'unauthorized'],
    [403, 'forbidden', 'forbidden'],
    // Every client asks /v2/ first: what has no such path is no registry for anybody, as where an ingress lost its backend.
    [404, 'malformed', 'not_found'],
    [405, 'malformed', 'unsupported'],
    [500, 'server_error', 'server_error'],
    [418, 'malformed', 'malformed'],
  ])('where it answers %i to /v2/: %s; to the catalog: %s', async (status, atRoot, atCatalog) => {
    for (const [path, reason] of [
      ['/v2/', atRoot],
      ['/v2/_catalog', atCatalog],
    ] as const) {
      const registry = await simulateRegistry(image('a'), at(path, status))
      onTestFinished(() => registry.stop())
      expect(await reasonAt(registry.url), path).toBe(reason)
    }
  })

  it('where it does not listen: connect', async () => {
    expect(await reasonAt(`http://127.0.0.1:${await unusedPort()}`)).toBe('connect')
  })

  it('where its name is nobody’s: dns', async () => {
    expect(await reasonAt('http://registry.invalid')).toBe('dns')
  })

  it('where it has no TLS: tls', async () => {
    const registry = await simulateRegistry(image('a'))
    onTestFinished(() => registry.stop())
    expect(await reasonAt(registry.url.replace('http:', 'https:'))).toBe('tls')
  })

  it('where its token server refuses: unauthorized', async () => {
    const registry = await simulateRegistry(image('a'), (request, response) => {
      const realm = `http://${request.headers.host}/token`
      const headers = { 'www-authenticate': `Bearer realm="${realm}",service="hub"` }
      response.writeHead(401, request.path.pathname === '/token' ? {} : headers).end()
      return true
    })
    onTestFinished(() => registry.stop())
    expect(await reasonAt(registry.url)).toBe('unauthorized')
  })

  it('where its catalog is no catalog: malformed', async () => {
    const registry = await simulateRegistry(image('a'), (request, response) => {
      if (request.path.pathname !== '/v2/_catalog') return false
      response.end('<html>')
      return true
    })
    onTestFinished(() => registry.stop())
    expect(await reasonAt(registry.url)).toBe('malformed')
  })

  it('where asking would make it fetch: unsupported', async () => {
    expect(await reasonAt('http://127.0.0.1:1', 'refused')).toBe('unsupported')
  })
})

describe('storage that cannot be read is counted by the right reason', () => {
  const home = scratch()
  const located = (path: string): Promise<string | undefined> =>
    reasonOf(() => locateRegistries(path, { followSymlinks: false, isExcluded: () => false }))

  it('where there is none, as at a mount point without its volume: storage', async () => {
    expect(await located(join(home, 'nothing'))).toBe('storage')
    mkdirSync(join(home, 'empty'))
    expect(await located(join(home, 'empty'))).toBe('storage')
  })

  it('where it holds neither a repository nor a blob: storage', async () => {
    const v2 = join(home, 'bare/docker/registry/v2')
    for (const name of ['blobs', 'repositories']) mkdirSync(join(v2, name), { recursive: true })
    const run = await regfsckHere(['scan', join(home, 'bare'), '--output=prometheus'])
    expect(run.stdout).toContain('registry_integrity_catalog_error{registry="bare",reason="storage"} 1\n')
  })

  it('where --exclude-target leaves none: not_found', async () => {
    mkdirSync(join(home, 'parent/left-out/docker/registry/v2/blobs'), { recursive: true })
    mkdirSync(join(home, 'parent/left-out/docker/registry/v2/repositories'), { recursive: true })
    const found = locateRegistries(join(home, 'parent'), { followSymlinks: false, isExcluded: () => true })
    expect(await reasonOf(() => found)).toBe('not_found')
  })

  it('where it is a file: unsupported', async () => {
    writeFileSync(join(home, 'file'), '')
    expect(await located(join(home, 'file'))).toBe('unsupported')
  })
})

async function reasonOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof TargetError) return error.because
    throw error
  }
}
