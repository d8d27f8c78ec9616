import { describe, expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { type Quirk, simulateRegistry } from '../../../support/simulated/registry.ts'

const node = image('listings')

async function scan(quirk: Quirk, args: readonly string[] = []) {
  const registry = await simulateRegistry(node, quirk)
  try {
    const flags = ['--output=json', '--all-tags', '--recheck-delay=0', '--request-timeout=1s', ...args]
    return await regfsckHere(['scan', ...flags, registry.url])
  } finally {
    await registry.stop()
  }
}

interface Said {
  readonly status?: number
  readonly type?: string
  readonly link?: string
  readonly body: string
}

/** A registry that answers for one listing in its own words. */
function listing(matches: RegExp, say: (path: URL) => Said): Quirk {
  return ({ path }, response) => {
    if (!matches.test(path.pathname)) return false
    const { status = 200, type = 'application/json', link, body } = say(path)
    response.writeHead(status, { 'content-type': type, ...(link === undefined ? {} : { link }) }).end(body)
    return true
  }
}
const tagList = (body: string): Quirk => listing(/tags\/list$/, () => ({ body }))
const codeAndUnchecked = (ran: Awaited<ReturnType<typeof scan>>) => ({
  code: ran.code,
  complete: targetIn(ran).complete,
  unchecked: targetIn(ran).unchecked.map(({ because }) => because),
})
const INCOMPLETE = { code: 3, complete: false, unchecked: ['STORE_MALFORMED'] }

describe('simulated: a response without a list of tags is not an empty list', () => {
  it.each([
    '{}',
    '[]',
    'null',
    '"tags"',
    '',
    '<html>maintenance</html>',
    '{"message":"maintenance"}',
    '{"name":"app"}',
    '{"name":"app","tags":{}}',
    '{"name":"app","tags":"latest"}',
    '{"name":"app","tags":[],"errors":[{"code":"UNAVAILABLE"}]}',
    '{"errors":[{"code":"DENIED","message":"requested access is denied"}]}',
    '{"tags":null}',
    '{"tags":[]}',
    '{"name":"other","tags":[]}',
    '{"name":"","tags":null}',
  ])('%s', async (body) => {
    expect(codeAndUnchecked(await scan(tagList(body)))).toEqual(INCOMPLETE)
  })

  it.each([
    '{"name":"app","tags":null}',
    '{"name":"app","tags":[]}',
    '{"Name":"app","Tags":[]}',
    '{"name":"proxy/app","tags":[]}',
    '{"name":"app","tags":["latest"]}',
    '{"tags":["latest"]}',
    '{"name":"app","TAGS":["latest"],"errors":null}',
  ])('but %s is a list', async (body) => {
    expect(codeAndUnchecked(await scan(tagList(body)))).toEqual({ code: 0, complete: true, unchecked: [] })
  })

  it.each([
    ['application/json', '{"message":"no Route matched with those values"}'],
    ['application/json', ''],
    ['application/json', '{"errors":[]}'],
    ['application/json', '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}'],
    ['text/html', '<html>404 Not Found</html>'],
  ])('neither is a 404 that is not the registry’s own (%s, %s)', async (type, body) => {
    const ran = await scan(listing(/tags\/list$/, () => ({ status: 404, type, body })))
    expect(codeAndUnchecked(ran)).toEqual(INCOMPLETE)
  })

  it('if a later page is not a list, the tags of the first page are kept', async () => {
    for (const later of [{ body: '{}' }, { body: '<html>' }, { status: 404, body: '' }, { status: 500, body: '' }]) {
      const ran = await scan(
        listing(/tags\/list$/, ({ searchParams }) =>
          searchParams.has('last') ? later : { body: '{"tags":["latest"]}', link: '</v2/x?last=a>; rel=next' },
        ),
      )
      expect([ran.code, targetIn(ran).tags.map(({ verdict }) => verdict)]).toEqual([3, ['intact']])
      expect(targetIn(ran).unchecked).toMatchObject([
        { detail: expect.stringMatching(/^a later page: .* may be more$/) },
      ])
    }
  })

  it('at the second look it does not resolve the damage of the first look', async () => {
    for (const second of ['{}', '{"message":"maintenance"}', '{"tags":[]}']) {
      let looks = 0
      const ran = await scan((request, response) => {
        if (request.path.pathname.includes('/blobs/') && request.path.pathname.endsWith(gone)) {
          response.writeHead(404, { 'content-type': 'application/json' })
          response.end('{"errors":[{"code":"BLOB_UNKNOWN","message":"blob unknown to registry"}]}')
          return true
        }
        const isList = request.path.pathname.endsWith('/tags/list')
        return isList && looks++ > 0 && tagList(second)(request, response)
      })
      // The third time asks whether the registry is still what it was.
      expect([second, looks >= 2, codeAndUnchecked(ran)]).toEqual([second, true, INCOMPLETE])
    }
  })
})
const gone = node.layers[0]?.descriptor.digest ?? ''

describe('simulated: a listed entry that is not a valid name', () => {
  it.each([
    ['{"name":"app","tags":["latest","a b"]}', '"a b"'],
    ['{"name":"app","tags":["latest",7]}', '7'],
    ['{"name":"app","tags":["latest",null]}', 'null'],
    ['{"name":"app","tags":["latest",""]}', '""'],
    ['{"name":"app","tags":["latest",["v1"]]}', '["v1"]'],
  ])('is reported: %s', async (body, name) => {
    const ran = await scan(tagList(body))
    expect(codeAndUnchecked(ran)).toEqual(INCOMPLETE)
    expect(targetIn(ran).unchecked[0]?.detail).toBe(`lists ${name}, which cannot be the name of a tag`)
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
  })

  it('is reported in the catalog too', async () => {
    const ran = await scan(listing(/_catalog/, () => ({ body: '{"repositories":["app","App",7,null]}' })))
    expect(ran.code).toBe(3)
    expect(targetIn(ran).unchecked.map(({ detail }) => detail)).toEqual(
      ['"App"', '7', 'null'].map((name) => `lists ${name}, which cannot be the name of a repository`),
    )
  })

  it('is only counted after the first twenty', async () => {
    const ran = await scan(
      tagList(JSON.stringify({ tags: ['latest', ...Array.from({ length: 500 }, (_, n) => `?${n}`)] })),
    )
    expect(targetIn(ran).unchecked.length).toBe(21)
    expect(targetIn(ran).unchecked.at(-1)?.detail).toBe('lists 480 more entries that cannot be the name of a tag')
  })
})

describe('simulated: a catalog in pages', () => {
  const pagesWith = (link: string): Quirk =>
    listing(/_catalog/, ({ searchParams }) =>
      searchParams.get('last') === 'a'
        ? { body: '{"repositories":["app"]}' }
        : { body: '{"repositories":["a1"]}', link },
    )
  it('follows a Link without angle brackets', async () => {
    const ran = await scan(pagesWith('/v2/_catalog?last=a&n=1; rel=next'), ['--exclude=a1'])
    expect(codeAndUnchecked(ran)).toEqual({ code: 0, complete: true, unchecked: [] })
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
  })

  it('is incomplete if its Link cannot be parsed', async () => {
    const ran = await scan(pagesWith('next page: a'), ['--exclude=a1'])
    expect(codeAndUnchecked(ran)).toEqual({ ...INCOMPLETE, unchecked: ['STORE_MALFORMED', 'NO_MATCH'] })
    expect(targetIn(ran).unchecked[0]?.detail).toMatch(/Link header cannot be read, so there may be more/)
  })
})
