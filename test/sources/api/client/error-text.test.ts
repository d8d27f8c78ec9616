import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { serverMessage } from '../../../../src/sources/api/client/error-text.ts'
import { refusal } from '../../../../src/sources/api/client/refusal.ts'
import { clientOf, serve } from '../../../support/simulated/host.ts'

const denied = {
  errors: [
    { code: 'DENIED', message: 'the project is over its quota' },
    { code: 'OTHER', message: 'x' },
  ],
}

function words(body: unknown, headers: Readonly<Record<string, string>> = {}): string {
  return serverMessage({ errorBody: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), headers })
}

describe('the message of an error response', () => {
  it.each([
    [denied, {}, ': DENIED: the project is over its quota'],
    [{ errors: [{ code: 'TOOMANYREQUESTS' }] }, { 'retry-after': '120' }, ': TOOMANYREQUESTS; Retry-After: 120'],
    ['', { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, '; Retry-After: Fri, 31 Dec 1999 23:59:59 GMT'],
    ['<html>Bad gateway</html>', {}, ''],
    [{ message: 'maintenance' }, {}, ''],
    [{ errors: [{ message: 'no code' }] }, {}, ''],
    [
      '<?xml version="1.0"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>AKIA</Message></Error>',
      {},
      ': SignatureDoesNotMatch',
    ],
    [{ errors: [{ code: 'X', message: 'a\u001b[31m\nb\u202ec\t\td' }] }, {}, ': X: a [31m b c d'],
    [
      { errors: [{ code: 'X', message: 'see https://s3.example/b?X-Amz-Signature=abc now' }] },
      {},
      ': X: see https://s3.example/b now',
    ],
  ])('%j', (body, headers, said) => {
    expect(words(body, headers)).toBe(said)
  })

  it('is truncated', () => {
    expect(words({ errors: [{ code: 'X', message: 'y'.repeat(5000) }] })).toHaveLength(203)
    expect(words('', { 'retry-after': '9'.repeat(5000) }).length).toBeLessThan(70)
  })
})

const json = (response: ServerResponse, status: number, body: object, headers = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

describe("the server's message is part of the error", () => {
  it.each([403, 412, 500, 507])('%i', async (status) => {
    const registry = await serve((_, response) => json(response, status, denied))
    const { ask, client } = clientOf(registry.url)
    const place = client.url('v2/app/manifests/v1').href
    const { message } = refusal(await ask('v2/app/manifests/v1'), place, 'no credential was found for it')
    const login = status === 403 ? '; no credential was found for it' : ''
    expect(message).toBe(`answered ${status}: DENIED: the project is over its quota${login}`)
  })

  it('with the host that the registry redirects to, without its query or a credential', async () => {
    const store = await serve(
      (_, response) => void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'),
      {
        address: '127.0.0.2',
      },
    )
    const registry = await serve(
      (_, response) => void response.writeHead(307, { location: `${store.url}/x?sig=canary` }).end(),
    )
    const { ask, client } = clientOf(registry.url)
    const answer = await ask('v2/app/blobs/x', { mayRedirectElsewhere: true })
    const { message, place } = refusal(answer, client.url('v2/app/blobs/x').href, 'tried the password')
    expect(message).toBe(`answered 403 by ${store.host}, to which the registry redirects: AccessDenied`)
    expect(`${message}${place}`).not.toContain('canary')
  })

  it('but not if it repeats the credential', async () => {
    const echo = (request: IncomingMessage, response: ServerResponse) => {
      const seen = request.headers.authorization ?? ''
      const password = Buffer.from(seen.split(' ')[1] ?? '', 'base64').toString()
      if (seen === '') json(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' })
      else json(response, 403, { errors: [{ code: 'DENIED', message: request.url === '/v2/a' ? seen : password }] })
    }
    const registry = await serve(echo)
    const { ask, client } = clientOf(registry.url, {
      credential: { is: 'basic', username: 'ci', password: 'canary', from: 'a file' },
    })
    for (const path of ['v2/a', 'v2/b']) {
      const { message } = refusal(await ask(path), client.url(path).href, 'tried the password of a file')
      expect(message).toBe('answered 403; tried the password of a file')
    }
  })
})
