import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TargetError } from '../../src/check/source.ts'
import { apiSource } from '../../src/sources/api/source.ts'
import { locateRegistries } from '../../src/sources/disk/locate.ts'
import { NEVER } from '../check/scene.ts'
import { image } from '../support/images.ts'
import { unusedPort } from '../support/pushgateway.ts'
import { scratch } from '../support/scratch.ts'
import { type Quirk, simulateRegistry } from '../support/simulated-registry.ts'

describe('a simulated registry that cannot be listed is counted by the right reason', () => {
  const at = (path: string, status: number): Quirk => {
    return (request, response) => {
      if (request.path.pathname !== path) return false
      response.writeHead(status, { 'retry-after': '0' }).end()
      return true
    }
  }
  const reasonAt = async (url: string, fetchesWhenAsked = false): Promise<string | undefined> => {
    const source = apiSource(url, {
      registry: 'hub',
      credential: undefined,
      tokenHosts: [],
      fetchesWhenAsked,
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
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'unsupported'],
    [500, 'server_error'],
    [418, 'malformed'],
  ])('where it answers %i: %s', async (status, reason) => {
    for (const path of ['/v2/', '/v2/_catalog']) {
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

  it('where it speaks no TLS: tls', async () => {
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
    expect(await reasonAt('http://127.0.0.1:1', true)).toBe('unsupported')
  })
})

describe('storage that cannot be read is counted by the right reason', () => {
  const home = scratch()
  const located = (path: string): Promise<string | undefined> =>
    reasonOf(() => locateRegistries(path, { followSymlinks: false, isExcluded: () => false }))

  it('where there is none: not_found', async () => {
    expect(await located(join(home, 'nothing'))).toBe('not_found')
    mkdirSync(join(home, 'empty'))
    expect(await located(join(home, 'empty'))).toBe('not_found')
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
