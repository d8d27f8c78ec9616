import { expect, it } from 'vitest'
import { proxyFor } from '../../../../src/sources/api/connect/proxy.ts'

const PROXY = 'http://proxy.example:3128'
const origin = (url: string, env: Readonly<Record<string, string>>): string | undefined =>
  proxyFor(new URL(url), env)?.origin

it.each([
  ['https://r.example', { HTTPS_PROXY: PROXY }, PROXY],
  ['https://r.example', { https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, PROXY],
  ['https://r.example', { HTTP_PROXY: PROXY, ALL_PROXY: PROXY }, undefined],
  ['http://r.example', { HTTP_PROXY: PROXY }, PROXY],
  ['http://r.example', { http_proxy: PROXY, REQUEST_METHOD: 'GET' }, PROXY],
  ['http://r.example', { HTTP_PROXY: PROXY, REQUEST_METHOD: 'GET' }, undefined],
  ['http://r.example', { HTTPS_PROXY: PROXY }, undefined],
  ['http://r.example', { http_proxy: 'proxy.example:3128' }, PROXY],
  ['http://r.example', { http_proxy: '' }, undefined],
])('%s with %j goes through %s', (url, env, expected) => {
  expect(origin(url, env)).toBe(expected)
})

it.each([
  ['*', 'https://r.example'],
  ['r.example', 'https://r.example:5000'],
  ['R.EXAMPLE', 'https://r.example'],
  ['example', 'https://r.example'],
  ['.example', 'https://r.example'],
  ['*.example', 'https://r.example'],
  ['other, r.example:5000', 'https://r.example:5000'],
  ['r.example:443', 'https://r.example'],
  ['10.0.0.1', 'https://10.0.0.1:5000'],
  ['10.0.0.0/8', 'https://10.200.3.4'],
  ['fd00::1', 'https://[fd00::1]:5000'],
  ['[fd00::1]:5000', 'https://[fd00::1]:5000'],
  ['fd00::/8', 'https://[fd12::1]'],
])('NO_PROXY=%s excludes %s', (list, url) => {
  expect(origin(url, { HTTPS_PROXY: PROXY, NO_PROXY: list })).toBeUndefined()
  expect(origin(url, { HTTPS_PROXY: PROXY, no_proxy: list })).toBeUndefined()
})

it.each([
  ['r.example', 'https://xr.example'],
  ['ample', 'https://r.example'],
  ['r.example:5000', 'https://r.example:5001'],
  ['10.0.0.0/8', 'https://11.0.0.1'],
  ['10.0.0.0/33', 'https://10.0.0.1'],
  ['0.0.1', 'https://10.0.0.1'],
  ['.', 'https://r.example'],
  ['fd00::1', 'https://[fd00::2]'],
])('NO_PROXY=%s does not exclude %s', (list, url) => {
  expect(origin(url, { HTTPS_PROXY: PROXY, NO_PROXY: list })).toBe(PROXY)
})

it.each(['https://localhost:5000', 'https://127.0.0.1', 'https://127.9.9.9:1', 'https://[::1]:5000'])(
  'this host itself is asked directly: %s',
  (url) => {
    expect(origin(url, { HTTPS_PROXY: PROXY })).toBeUndefined()
  },
)

it('user and password are removed from the URL, so that it can be printed', () => {
  const proxy = proxyFor(new URL('https://r'), { HTTPS_PROXY: 'http://me:p%40ss@proxy.example:3128' })
  const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
  expect(proxy).toEqual({ origin: PROXY, authorization })
})

it.each([
  'socks5://canary:canary@proxy',
  'http://',
  'http://can%zzary:canary@proxy',
  'http://canary:canary@proxy:99999',
])('%s is refused by a message that does not quote it', (written) => {
  const failure = (() => {
    try {
      return proxyFor(new URL('https://r'), { HTTPS_PROXY: written })
    } catch (error) {
      return error
    }
  })()
  expect(failure).toMatchObject({ code: 'STORE_UNREACHABLE' })
  expect(String(failure)).toMatch(/the proxy that HTTPS_PROXY names /)
  expect(String(failure)).not.toContain('canary')
})
