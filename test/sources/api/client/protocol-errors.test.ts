import { describe, expect, it } from 'vitest'
import { protocolErrors, saysUnknown } from '../../../../src/sources/api/client/protocol-errors.ts'
import { clientOf, serve } from '../../../support/simulated/host.ts'

describe('an error body says that a thing is unknown', () => {
  it.each([
    '{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}',
    '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"","detail":{"Tag":"v1"}}]}\n',
    '{"errors":[{"code":"NOT_FOUND","message":"repository library/app not found"}]}',
  ])('%s', (text) => {
    expect(saysUnknown(Buffer.from(text))).toBe(true)
  })
})

describe('an error body does not say that a thing is unknown', () => {
  it.each([
    '',
    '{}',
    '[]',
    'null',
    '{"message":"no Route matched with those values"}',
    '{"errors":[]}',
    '{"errors":"NAME_UNKNOWN"}',
    '{"errors":["NAME_UNKNOWN"]}',
    '{"errors":[{"message":"NAME_UNKNOWN"}]}',
    '{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}',
    '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
    '404 page not found',
    '<html>NAME_UNKNOWN</html>',
  ])('%s', (text) => {
    expect(saysUnknown(Buffer.from(text))).toBe(false)
  })
})

it('the body of an error response is kept if it is short and not encoded', async () => {
  const body = '{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]}'
  const registry = await serve(({ url }, response) => {
    if (url === '/v2/long') response.writeHead(404).end(body.padEnd(65_537))
    else if (url === '/v2/encoded') response.writeHead(404, { 'content-encoding': 'gzip' }).end(body)
    else response.writeHead(404).end(body)
  })
  const { ask } = clientOf(registry.url)
  const said = async (path: string) => protocolErrors((await ask(path)).errorBody)
  expect(await said('v2/short')).toEqual([{ code: 'NAME_UNKNOWN', message: 'no such repository' }])
  expect([await said('v2/long'), await said('v2/encoded')]).toEqual([[], []])
})

it('an error status counts even if its body does not come', async () => {
  const registry = await serve((_, response) => {
    response.writeHead(404, { 'content-length': '100' })
    response.write('{"errors"')
  })
  expect(await clientOf(registry.url, { timeout: 300 }).ask()).toMatchObject({ status: 404 })
})
