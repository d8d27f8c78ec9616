import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BodyBuffer } from '../../../../src/sources/api/http/body-buffer.ts'
import { clientOf, serve, serveRaw } from '../../../support/simulated/host.ts'

const text = '{"schemaVersion":2}'
const OK = 'HTTP/1.1 200 OK\r\n'

describe('a body', () => {
  it('is kept unchanged, whatever its chunks', () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => n % 251))
    for (const length of [1, 7, 4096, 16_384, 69_999, 70_000]) {
      const body = new BodyBuffer(70_000)
      const take = body.open()
      for (let from = 0; from < bytes.byteLength; from += length) take(bytes.subarray(from, from + length))
      expect(body.bytes.equals(bytes)).toBe(true)
    }
  })

  it('is kept unchanged if large and small chunks alternate', () => {
    const body = new BodyBuffer(1024 * 1024)
    const take = body.open()
    const pieces = Array.from({ length: 40 }, (_, n) => Buffer.alloc(n % 3 === 0 ? 20_000 + n : 1 + 7 * n, n))
    for (const piece of pieces) take(new Uint8Array(piece))
    expect(body.bytes.equals(Buffer.concat(pieces))).toBe(true)
  })

  it('that is one byte too long is dropped', () => {
    const body = new BodyBuffer(10)
    const take = body.open()
    expect([take(Buffer.alloc(10)), body.isTooLong, take(Buffer.alloc(1)), body.isTooLong]).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect([body.length, body.bytes.byteLength]).toEqual([11, 0])
  })

  it('starts empty with each try', () => {
    const body = new BodyBuffer(10)
    body.open()(Buffer.from('first try'))
    body.open()(Buffer.from('second'))
    expect(body.bytes.toString()).toBe('second')
  })

  it('that comes a byte at a time takes no more memory than its length', () => {
    const body = new BodyBuffer(16 * 1024 * 1024)
    const take = body.open()
    const before = process.memoryUsage()
    for (let n = 0; n < 1_000_000; n++) take(Uint8Array.of(n % 256))
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    expect(heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024)
    expect(body.bytes.byteLength).toBe(1_000_000)
  })
})

describe('a response that is encoded although none was requested', () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['zstd', Buffer.from(text)],
    ['GZIP', gzipSync(text)],
    ['identity, gzip', gzipSync(text)],
    ['gzip, identity', gzipSync(text)],
    ['unheard-of', Buffer.from(text)],
    ['gzip', bomb],
  ])('with %s is neither decoded nor hashed as it is', async (coding, bytes) => {
    const registry = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(bytes)
    })
    const body = new BodyBuffer(1024)
    await expect(clientOf(registry.url).ask('v2/app/manifests/x', { sink: body.open })).rejects.toMatchObject({
      code: 'STORE_MALFORMED',
      message: expect.stringContaining('encoded'),
    })
    expect(body.length).toBe(0)
    expect(registry.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity'])
  })

  it.each(['identity', 'IDENTITY', '', 'aws-chunked', 'identity, aws-chunked'])(
    'by %j is not encoded: the bytes are taken',
    async (coding) => {
      const registry = await serve((_, response) => {
        response.writeHead(200, { 'content-encoding': coding }).end(text)
      })
      const body = new BodyBuffer(1024)
      await clientOf(registry.url).ask('v2/app/manifests/x', { sink: body.open })
      expect(body.bytes.toString()).toBe(text)
    },
  )

  it('still counts if its body is not read', async () => {
    const registry = await serve((_, response) => {
      response.writeHead(404, { 'content-encoding': 'gzip' }).end(bomb)
    })
    const { ask } = clientOf(registry.url)
    expect((await ask()).status).toBe(404)
    expect((await ask('v2/', { method: 'HEAD' })).status).toBe(404)
  })
})

describe('an endless response', () => {
  const open = () => new BodyBuffer(1024).open()

  it.each([401, 404, 500])('is not read to the end if its status is an error (%i)', async (status) => {
    const registry = await serve((_, response) => {
      response.writeHead(status)
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'x')));
      }
      response.on('drain', more)
      more()
    })
    expect((await clientOf(registry.url).ask()).status).toBe(status)
  })

  it.each([
    ['of headers', `${OK}x: ${'y'.repeat(1024)}\r\n`],
    ['of one header', `${OK}x: ${'y'.repeat(64 * 1024)}`],
    ['of its first line', `HTTP/1.1 200 ${'O'.repeat(64 * 1024)}`],
    ['of trailers', `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${`x: ${'y'.repeat(1024)}\r\n`.repeat(64)}`],
  ])('%s is malformed or a timeout', async (_, start) => {
    const url = await serveRaw((socket) => {
      socket.write(start)
      const more = (): void => {
        while (!socket.destroyed && socket.write(`x: ${'y'.repeat(1024)}\r\n`));
      }
      socket.on('drain', more)
      more()
    })
    await expect(clientOf(url, { timeout: 500 }).ask('v2/', { open })).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_(?:MALFORMED|TIMEOUT|UNREACHABLE)$/),
    })
  })

  it.each(['100 Continue', '103 Early Hints'])('that repeats %s is a timeout', async (line) => {
    const url = await serveRaw((socket) => {
      const timer = setInterval(() => socket.write(`HTTP/1.1 ${line}\r\n\r\n`), 5)
      socket.on('close', () => clearInterval(timer))
    })
    await expect(clientOf(url, { timeout: 200 }).ask()).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_(?:TIMEOUT|UNREACHABLE)$/),
    })
  })
})

describe('a broken response', () => {
  it.each([
    ['garbage', 'STORE_MALFORMED', 'garbage\r\n\r\n'],
    ['that of another protocol', 'STORE_MALFORMED', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a status that is none', 'STORE_MALFORMED', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['two lengths', 'STORE_MALFORMED', `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nx`],
    ['a length that is none', 'STORE_MALFORMED', `${OK}content-length: -1\r\n\r\nx`],
    ['a chunk that is none', 'STORE_MALFORMED', `${OK}transfer-encoding: chunked\r\n\r\nzz\r\nx`],
    ['half a header', 'STORE_UNREACHABLE', `${OK}content-le`],
    ['nothing', 'STORE_UNREACHABLE', ''],
  ])('%s is reported as %s', async (_, code, answer) => {
    const url = await serveRaw((socket) => void socket.once('data', () => socket.end(answer)))
    await expect(clientOf(url).ask('v2/', { sink: () => () => true })).rejects.toMatchObject({ code })
  })

  it('a connection that is reset is STORE_UNREACHABLE after five tries', async () => {
    let connections = 0
    const url = await serveRaw((socket) => {
      connections += 1
      socket.once('data', () => socket.resetAndDestroy())
    })
    await expect(clientOf(url).ask()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect(connections).toBe(5)
  })

  it.each(['end', 'resetAndDestroy'] as const)('a body that is cut by %s is reported as cut', async (how) => {
    const url = await serveRaw((socket) => {
      socket.once('data', () => socket.write(`${OK}content-length: 9\r\n\r\nhalf`, () => socket[how]()))
    })
    expect((await clientOf(url).ask('v2/', { sink: () => () => true, acceptsPartialBody: true })).end).toBe('cut')
  })

  it('a body that ends inside a chunk is reported as cut too', async () => {
    const url = await serveRaw((socket) => {
      socket.once('data', () => socket.end(`${OK}transfer-encoding: chunked\r\n\r\n9\r\nhalf`))
    })
    expect((await clientOf(url).ask('v2/', { sink: () => () => true, acceptsPartialBody: true })).end).toBe('cut')
  })
})
