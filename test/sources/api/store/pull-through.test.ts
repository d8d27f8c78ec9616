import { expect, it } from 'vitest'
import { isPullThroughCache } from '../../../../src/sources/api/store/pull-through.ts'
import { NEVER } from '../../../check/scene.ts'
import { clientOf, type SimulatedHost, serve } from '../../../support/simulated/host.ts'

const hostThat = (status: number, body: unknown): Promise<SimulatedHost> =>
  serve((_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)))

const unknown = (detail: unknown) => ({ errors: [{ code: 'UNKNOWN', message: 'unknown error', detail }] })

it.each([
  ['the upstream has no such manifest', { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }],
  ['the upstream lets nobody in', { code: 'UNAUTHORIZED', message: 'authentication required', detail: [] }],
  ['the upstream does not speak the protocol', { ParseErr: {}, StatusCode: 404, Response: 'bm8=' }],
  ['the upstream is away', { Op: 'Get', URL: 'https://upstream.example.com/v2/', Err: { Op: 'dial' } }],
])('detects a cache if %s', async (_, detail) => {
  const host = await hostThat(500, unknown(detail))
  expect(await isPullThroughCache(clientOf(host.url).client, 'app', NEVER)).toBe(true)
})

it.each([
  ['has no such manifest', 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }],
  ['has no such repository', 404, { errors: [{ code: 'NAME_UNKNOWN', message: 'name unknown', detail: {} }] }],
  ['lets us in nowhere', 403, unknown({ code: 'DENIED' })],
  ['wants a token', 401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] }],
  ['is out of order', 500, unknown(undefined)],
  ['has lost its storage', 500, unknown({ DriverName: 's3aws', Enclosed: { Op: 'Get', URL: 'https://s3/v2/' } })],
  ['has lost its object store', 500, unknown({ Op: 'Get', URL: 'https://s3.example.com/bucket/x' })],
  [
    'fails with another code',
    500,
    { errors: [{ code: 'DENIED', detail: { errors: [{ code: 'MANIFEST_UNKNOWN' }] } }] },
  ],
  ['is a web page', 500, 'sorry'],
])('does not report a registry as a cache if it %s', async (_, status, body) => {
  const host = await hostThat(status, body)
  expect(await isPullThroughCache(clientOf(host.url).client, 'app', NEVER)).toBe(false)
})

it('requests nothing that the cache could fetch', async () => {
  const host = await hostThat(404, {})
  await isPullThroughCache(clientOf(host.url).client, undefined, NEVER)
  expect(host.requests.map(({ url }) => url)).toEqual([
    `/v2/regfsck/is-this-a-cache/manifests/sha256:${'0'.repeat(64)}`,
  ])
})
