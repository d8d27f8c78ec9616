import { describe, expect, it } from 'vitest'
import { clientOf, serve, serveRaw } from '../../../support/simulated/host.ts'

const LONG = { hasLongBody: true, sink: () => () => true }
const SHORT = { sink: () => () => true }
const PATH = 'v2/app/blobs/x'

/** Simulated: so many bytes of a body every so many milliseconds, and `pieces` of them. */
function trickling(bytes: number, every: number, pieces: number) {
  return serve((_, response) => {
    response.writeHead(200)
    let left = pieces
    const timer = setInterval(() => {
      if (left-- > 0) response.write(Buffer.alloc(bytes))
      else response.end()
    }, every)
    response.on('close', () => clearInterval(timer))
  })
}

describe('a body that comes slowly', () => {
  it('is a timeout after two tries, even if bytes keep coming', async () => {
    const registry = await trickling(1, 10, Infinity)
    const started = performance.now()
    await expect(clientOf(registry.url, { timeout: 300 }).ask(PATH, SHORT)).rejects.toMatchObject({
      code: 'STORE_TIMEOUT',
    })
    expect(registry.requests.length).toBe(2)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('is a timeout also if the body may be long', async () => {
    const registry = await trickling(1, 10, Infinity)
    await expect(clientOf(registry.url, { timeout: 300 }).ask(PATH, LONG)).rejects.toMatchObject({
      code: 'STORE_TIMEOUT',
    })
    expect(registry.requests.length).toBe(2)
  })

  it('is no timeout for an error status: the status is enough', async () => {
    const registry = await serve((_, response) => {
      response.writeHead(404)
      const timer = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(timer))
    })
    expect((await clientOf(registry.url, { timeout: 200 }).ask()).status).toBe(404)
  })

  it('is a timeout if it comes fast and then stops', async () => {
    const registry = await serve((_, response) => void response.writeHead(200).write(Buffer.alloc(1024 * 1024)))
    await expect(clientOf(registry.url, { timeout: 200 }).ask(PATH, LONG)).rejects.toMatchObject({
      code: 'STORE_TIMEOUT',
    })
  })

  it('is no timeout if it is long and fast enough, however many timeouts it takes', async () => {
    const registry = await trickling(1024, 20, 60)
    const started = performance.now()
    expect((await clientOf(registry.url, { timeout: 300 }).ask(PATH, LONG)).end).toBe('whole')
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(registry.requests.length).toBe(1)
  })
})

describe('a server that hangs', () => {
  it.each([
    ['before its answer', () => undefined],
    ['in its first line', (write: (text: string) => void) => write('HTTP/1.1 20')],
    ['in its headers', (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\nx: ')],
    ['before its body', (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n')],
    [
      'in its body',
      (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n'),
    ],
  ])('%s is a timeout after two tries', async (_, answer) => {
    let requests = 0
    const url = await serveRaw((socket) => {
      socket.once('data', () => {
        requests += 1
        answer((text) => socket.write(text))
      })
    })
    await expect(clientOf(url, { timeout: 100 }).ask('v2/', SHORT)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' })
    expect(requests).toBe(2)
  })

  it('once and then answers is no timeout', async () => {
    let connections = 0
    const url = await serveRaw((socket) => {
      if (connections++ > 0) socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    })
    expect((await clientOf(url, { timeout: 100 }).ask()).status).toBe(200)
  })
})

describe('a host that stops responding', () => {
  const asks = async (ask: () => Promise<unknown>, times: number): Promise<string[]> => {
    const codes: string[] = []
    for (let n = 0; n < times; n++)
      await ask().then(
        () => codes.push('answered'),
        (error) => codes.push(error.code),
      )
    return codes
  }

  it('gets no more requests, so that a thousand do not take a thousand timeouts', async () => {
    const registry = await serve(() => undefined)
    const { ask } = clientOf(registry.url, { timeout: 20, unresponsiveAfter: 300 })
    const started = performance.now()
    expect(new Set(await asks(ask, 1000))).toEqual(new Set(['STORE_TIMEOUT']))
    expect(registry.requests.length).toBeLessThan(40)
    expect(performance.now() - started).toBeLessThan(5000)
    await expect(ask()).rejects.toMatchObject({ message: expect.stringMatching(/has not answered for .* s/) })
  })

  it('still gets requests if only some of them time out', async () => {
    const registry = await serve((request, response) => {
      if (request.url === '/v2/') response.end()
    })
    const { ask } = clientOf(registry.url, { timeout: 100, unresponsiveAfter: 1 })
    const codes: string[] = []
    for (let n = 0; n < 8; n++) codes.push(...(await asks(() => ask('v2/hangs'), 2)), ...(await asks(() => ask(), 1)))
    expect(codes).toEqual(Array(8).fill(['STORE_TIMEOUT', 'STORE_TIMEOUT', 'answered']).flat())
    // On a busy machine an answer may come after the time-out, and is asked for again: only what hangs has a fixed count.
    expect(registry.requests.filter(({ url }) => url === '/v2/hangs').length).toBe(8 * 4)
  })

  it('does not affect others: the object store is down, the registry still gets requests', async () => {
    const store = await serve(() => undefined, { address: '127.0.0.2' })
    const registry = await serve((request, response) => {
      if (request.url?.includes('/blobs/')) response.writeHead(307, { location: `${store.url}/x` }).end()
      else response.end()
    })
    const { ask } = clientOf(registry.url, { timeout: 20, unresponsiveAfter: 100 })
    const blobs = await asks(() => ask(PATH, { mayRedirectElsewhere: true }), 50)
    expect(new Set(blobs)).toEqual(new Set(['STORE_TIMEOUT']))
    expect(store.requests.length).toBeLessThan(20)
    expect(await asks(() => ask(), 3)).toEqual(['answered', 'answered', 'answered'])
  })
})
