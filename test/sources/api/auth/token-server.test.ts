import { expect, it } from 'vitest'
import { clientOf, serve } from '../../../support/simulated/host.ts'

/** Simulated: a registry that wants a token, and its token server, which answers in its own way. */
async function withTokenServer(sells: (count: number) => { status: number; retry?: string }) {
  const bought: string[] = []
  const registry = await serve((request, response) => {
    if (!request.url?.startsWith('/token')) {
      if (request.headers.authorization !== undefined) response.end()
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` }).end()
      return
    }
    bought.push(request.url)
    const { status, retry } = sells(bought.length)
    response.writeHead(status, retry === undefined ? {} : { 'retry-after': retry })
    response.end(status === 200 ? `{"token":"t${bought.length}","expires_in":3600}` : '')
  })
  const { ask } = clientOf(registry.url)
  return { bought, ask: (repository: string) => ask('v2/', { scope: `repository:${repository}:pull` }) }
}

it.each(['3600', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'a token server that asks for %s is not waited for, and not asked again for another repository',
  async (retry) => {
    const { bought, ask } = await withTokenServer(() => ({ status: 429, retry }))
    const started = performance.now()
    for (const repository of ['a', 'b', 'c'])
      await expect(ask(repository)).rejects.toMatchObject({ code: 'STORE_THROTTLED' })
    expect(performance.now() - started).toBeLessThan(1000)
    expect(bought).toHaveLength(1)
  },
)

it("a token server's request to wait a second is respected", async () => {
  const { bought, ask } = await withTokenServer((count) =>
    count === 1 ? { status: 429, retry: '1' } : { status: 200 },
  )
  const started = performance.now()
  expect((await ask('a')).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(950)
  expect(bought).toHaveLength(2)
})

it('the tokens of a few repositories are kept, not those of all', async () => {
  const { bought, ask } = await withTokenServer(() => ({ status: 200 }))
  for (let n = 0; n < 300; n++) await ask(`team/${n}`)
  for (let n = 299; n > 250; n--) await ask(`team/${n}`)
  expect(bought).toHaveLength(300)
  await ask('team/0')
  expect(bought).toHaveLength(301)
})
