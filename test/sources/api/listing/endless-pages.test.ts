import { describe, expect, it } from 'vitest'
import type { RegistryClient } from '../../../../src/sources/api/client/client.ts'
import type { RegistryRequest } from '../../../../src/sources/api/client/registry-request.ts'
import { listNames } from '../../../../src/sources/api/listing/pages.ts'
import { clientOf, serve } from '../../../support/simulated/host.ts'

const listing: RegistryRequest = { method: 'GET', path: 'v2/_catalog', scope: '' }

/** Simulated: the n-th page of a listing, without a network. */
interface SimulatedPage {
  readonly names: readonly string[]
  readonly link?: string
}

async function list(page: (n: number, path: string) => SimulatedPage, now?: () => number) {
  const asked: string[] = []
  const client = {
    url: (path: string) => new URL(path, 'http://registry/'),
    send: async ({ path, sink }: RegistryRequest) => {
      const { names, link } = page(asked.push(path) - 1, path)
      const headers = link === undefined ? {} : { link }
      sink?.({ status: 200, headers })?.(Buffer.from(JSON.stringify({ repositories: names })))
      return { status: 200, headers, end: 'whole' }
    },
  } as unknown as RegistryClient
  const how = { field: 'repositories', signal: new AbortController().signal } as const
  const listed = await listNames(client, listing, now === undefined ? how : { ...how, now })
  return { ...listed, ended: listed.incomplete?.message, asked }
}

const next = (query: string): string => `</v2/_catalog?${query}>; rel="next"`

describe('a listing ends as incomplete', () => {
  it('if a page links to itself', async () => {
    const { names, ended, asked } = await list(() => ({ names: ['app'], link: next('n=1000') }))
    expect([names, asked.length]).toEqual([['app'], 1])
    expect(ended).toMatch(/form a loop/)
  })

  it('if two pages link to each other', async () => {
    const { names, ended, asked } = await list((n) => ({ names: [`app${n % 2}`], link: next(`last=${n % 2}`) }))
    expect([names, asked.length]).toEqual([['app0', 'app1'], 3])
    expect(ended).toMatch(/form a loop/)
  })

  it('if new pages keep listing the same names', async () => {
    const { names, ended, asked } = await list((n) => ({ names: ['app', 'other'], link: next(`last=${n}`) }))
    expect([names, asked.length]).toEqual([['app', 'other'], 11])
    expect(ended).toMatch(/form a loop/)
  })

  it('if new pages keep listing nothing', async () => {
    const { names, ended, asked } = await list((n) => ({ names: [], link: next(`last=${n}`) }))
    expect([names, asked.length]).toEqual([[], 10])
    expect(ended).toMatch(/form a loop/)
  })

  it('if there are always new pages with new names', async () => {
    const { names, ended, asked } = await list(
      (n) => ({ names: [`app${n}`], link: next(`last=${n}`) }),
      () => 0,
    )
    expect([names.length, asked.length]).toEqual([10_000, 10_000])
    expect(ended).toBe('it does not end: 10000 names so far')
  })

  it('if the names would fill the memory', async () => {
    const { ended, asked } = await list((n) => ({
      names: Array.from({ length: 1000 }, (_, name) => `${n}-${name}-${'x'.repeat(4000)}`),
      link: next(`last=${n}`),
    }))
    expect(ended).toMatch(/does not end/)
    expect(asked.length).toBeLessThan(20)
  })

  it('if each page has one name and takes almost the whole timeout', async () => {
    let time = 0
    const { ended, asked } = await list(
      (n) => ({ names: [`app${n}`], link: next(`last=${n}`) }),
      () => {
        time += 29_000
        return time
      },
    )
    expect(ended).toMatch(/too slowly/)
    expect(asked.length).toBeLessThan(15)
  })
})

describe('a listing is complete', () => {
  it('if an empty page links to itself: nothing comes after it', async () => {
    const { names, ended, asked } = await list((n) => ({ names: n === 0 ? ['app'] : [], link: next('last=app') }))
    expect([names, ended, asked.length]).toEqual([['app'], undefined, 2])
  })

  it('if a full page has no link, and the next page has nothing new', async () => {
    const full = Array.from({ length: 1000 }, (_, n) => `app${n}`)
    for (const second of [[], full]) {
      const { names, ended, asked } = await list((n) => ({ names: n === 0 ? full : second }))
      expect([names.length, ended]).toEqual([1000, undefined])
      expect(asked).toEqual(['v2/_catalog?n=1000', 'v2/_catalog?n=1000&last=app999'])
    }
  })

  it('if a proxy drops the Link of full pages', async () => {
    const { names, ended } = await list((n) => ({
      names: Array.from({ length: n < 2 ? 1000 : 7 }, (_, name) => `app${n}-${name}`),
    }))
    expect([names.length, ended]).toEqual([2007, undefined])
  })

  it('with a million names on slow pages of a thousand', async () => {
    let time = 0
    const { names, ended } = await list(
      (n) => ({
        names: Array.from({ length: 1000 }, (_, name) => `team/app-${n * 1000 + name}`),
        ...(n < 999 ? { link: next(`last=${n}`) } : {}),
      }),
      () => {
        time += 29_000
        return time
      },
    )
    expect([names.length, ended]).toEqual([1_000_000, undefined])
  })

  it('if a few pages are empty because we may not see their names', async () => {
    const { names, ended } = await list((n) => ({
      names: n === 9 ? ['app'] : [],
      ...(n < 9 ? { link: next(`last=${n}`) } : {}),
    }))
    expect([names, ended]).toEqual([['app'], undefined])
  })
})

it.each([
  'http://127.0.0.2:PORT/v2/_catalog?last=a',
  '//127.0.0.2:PORT/v2/_catalog?last=a',
  'https://127.0.0.2:PORT/v2/_catalog?last=a',
  'http://0x7f.2:PORT/?last=a',
  'http://2130706434:PORT/?last=a',
  'http://[::ffff:127.0.0.2]:PORT/?last=a',
  'http://REGISTRY@127.0.0.2:PORT/?last=a',
  'http://127.0.0.2:PORT\\@REGISTRY/?last=a',
  '\\\\127.0.0.2:PORT\\v2?last=a',
  '/\\127.0.0.2:PORT/?last=a',
  'http://169.254.169.254/latest/meta-data?last=a',
  'file:///etc/passwd?last=a',
  '/../../elsewhere?last=a',
  '?last=a',
  'a?last=a',
])('of a Link to %s only the query is used', async (target) => {
  const elsewhere = await serve((_, response) => void response.end('{"repositories":["stolen"]}'), {
    address: '127.0.0.2',
  })
  const port = elsewhere.host.replace(/.*:/, '')
  const registry = await serve((request, response) => {
    const link = target.replace('PORT', port).replace('REGISTRY', registry.host)
    if (request.url?.includes('last=a')) response.end('{"repositories":["b"]}')
    else response.writeHead(200, { link: `<${link}>; rel="next"` }).end('{"repositories":["a"]}')
  })
  const how = { field: 'repositories', signal: new AbortController().signal } as const
  const { names, incomplete } = await listNames(clientOf(registry.url).client, listing, how)
  expect([names, incomplete]).toEqual([['a', 'b'], undefined])
  expect(registry.requests.map(({ url }) => url)).toEqual(['/v2/_catalog?n=1000', '/v2/_catalog?last=a'])
  expect(elsewhere.requests).toEqual([])
})

it.each([
  ['more than a page holds', '{"repositories":["', 'a","'],
  ['a name without end', '{"repositories":["', 'aaaa'],
  ['white space without end', ' ', '    '],
])('%s is malformed', async (_, start, more) => {
  const registry = await serve((_request, response) => {
    response.write(start)
    const send = (): void => {
      while (!response.destroyed && response.write(more.repeat(16 * 1024)));
    }
    response.on('drain', send)
    send()
  })
  const how = { field: 'repositories', signal: new AbortController().signal } as const
  await expect(listNames(clientOf(registry.url).client, listing, how)).rejects.toMatchObject({
    code: 'STORE_MALFORMED',
    message: 'sent more than 8388608 bytes of names',
  })
})
