import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MANIFEST_LIMIT } from '../../../src/check/rules.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { Authorizer } from '../../../src/sources/api/auth/authorizer.ts'
import { RegistryClient } from '../../../src/sources/api/client/client.ts'
import { Transport } from '../../../src/sources/api/http/transport.ts'
import { RepositoryClient } from '../../../src/sources/api/store/repository-client.ts'
import { ApiRepositoryStore } from '../../../src/sources/api/store/repository-store.ts'
import { digestOf, image } from '../../support/builders/images.ts'
import { writeStorage } from '../../support/builders/write-storage.ts'
import { describeRepositoryStore } from '../../support/contracts/repository-store.ts'
import { scratch } from '../../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../../support/servers/registry.ts'
import { describeWithServers } from '../../support/servers/required.ts'
import { simulateRegistry } from '../../support/simulated/registry.ts'

const root = join(scratch(), 'registry')

/** A client without credentials, for one server. */
function clientOf(url: string): RegistryClient {
  const base = new URL(`${url}/`)
  const transport = new Transport(base, { env: {}, timeout: 5000, connections: 4 })
  const authorizer = new Authorizer(transport, base, { credential: undefined, tokenHosts: [], now: Date.now })
  return new RegistryClient(base, transport, authorizer, { connections: 4 })
}

function storeOf(client: RegistryClient, repository: string, content: boolean): ApiRepositoryStore {
  const { signal } = new AbortController()
  return new ApiRepositoryStore(new RepositoryClient(client, repository, signal), {
    content,
    named: false,
    again: false,
    cache: undefined,
  })
}

describeWithServers(['docker-registry'], 'over HTTP', () => {
  let registry: RunningRegistry
  let client: RegistryClient

  beforeAll(async () => {
    registry = await startRegistry({ root })
    client = clientOf(registry.url)
  })

  afterAll(async () => {
    await client.close()
    await registry.stop()
  })

  describeRepositoryStore('a running registry', {
    // Without a descriptor cache the server reads everything anew, so its storage can be exchanged beside it.
    open: async (storage, repository, proves) => {
      rmSync(join(root, 'docker'), { recursive: true, force: true })
      const at = writeStorage(storage, root)
      return { store: storeOf(client, repository, proves), at, url: `${registry.url}/v2/${repository}` }
    },
    sees: 'what is served',
    unreadable: 'STORE_SERVER_ERROR',
  })
})

describe('simulated: a server that sends manifests of any size', () => {
  it.each([
    ['one of 16 MiB is given whole', MANIFEST_LIMIT, (bytes: Buffer) => ({ is: 'served', bytes })],
    ['of a larger one, only that it is', MANIFEST_LIMIT + 1, () => ({ is: 'too-large', bytes: MANIFEST_LIMIT + 1 })],
  ])('%s', async (_, size, answer) => {
    const bytes = Buffer.alloc(size, ' ')
    const registry = await simulateRegistry(image('small'), (__, response) => {
      response.end(bytes)
      return true
    })
    const client = clientOf(registry.url)
    const [given] = await storeOf(client, 'app', false).readManifests([parseDigest(digestOf(bytes))])
    await client.close()
    await registry.stop()
    const { is, bytes: wanted } = answer(bytes)
    expect(given).toMatchObject({ is })
    const bytesRead = given && 'bytes' in given ? given.bytes : undefined
    expect(
      bytesRead instanceof Uint8Array && wanted instanceof Uint8Array ? wanted.equals(bytesRead) : bytesRead === wanted,
    ).toBe(true)
  })
})
