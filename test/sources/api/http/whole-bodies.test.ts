import { afterEach, describe, expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { type SaidTarget, targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { type Quirk, simulateRegistry } from '../../../support/simulated/registry.ts'

const node = image('whole-bodies')
const layer = node.layers[0]
const whole = layer?.bytes ?? Buffer.alloc(0)

async function scan(quirk: Quirk, args: readonly string[] = []): Promise<{ target: SaidTarget; code: number }> {
  const registry = await simulateRegistry(
    node,
    (request, response) => request.path.pathname.endsWith(layer?.descriptor.digest ?? '') && quirk(request, response),
  )
  const flags = ['--output=json', '--recheck-delay=0', '--request-timeout=1s', ...args]
  const ran = await regfsckHere(['scan', ...flags, registry.url])
  await registry.stop()
  return { target: targetIn(ran), code: ran.code }
}
const said = ({ target, code }: Awaited<ReturnType<typeof scan>>) => ({
  code,
  findings: target.findings.map((finding) => `${finding.code} ${finding.cause}`),
  unchecked: target.unchecked.map(({ because }) => because),
})
const WHOLE = { code: 0, findings: [], unchecked: [] }

describe('simulated: a server that ignores Range', () => {
  it('is trusted if the whole body comes, with its length or without', async () => {
    for (const headers of [{ 'content-length': whole.byteLength }, {}])
      expect(said(await scan((_, response) => !!response.writeHead(200, headers).end(whole)))).toEqual(WHOLE)
  })

  it('is not trusted if the body is shorter than announced', async () => {
    const ran = await scan((_, response) => {
      response.writeHead(200, { 'content-length': whole.byteLength })
      response.write(whole.subarray(0, 10), () => response.socket?.end())
      return true
    })
    expect(said(ran)).toEqual({ code: 1, findings: ['layer-missing not-served'], unchecked: [] })
  })

  it('does not block if the rest of the body does not come', async () => {
    const ran = await scan((_, response) => {
      response.writeHead(200, { 'content-length': whole.byteLength })
      return !!response.write(whole.subarray(0, 10))
    })
    expect(said(ran)).toEqual({ code: 3, findings: [], unchecked: ['STORE_TIMEOUT'] })
  })

  it('is detected if other bytes come', async () => {
    const ran = await scan((_, response) => !!response.end(Buffer.alloc(whole.byteLength)))
    expect(said(ran)).toEqual({ code: 1, findings: ['blob-digest-mismatch altered'], unchecked: [] })
  })

  it('is not trusted if it answers with another range', async () => {
    const wrong: Quirk = ({ headers }, response) => {
      if (headers.range === undefined) response.end(whole.subarray(0, 3))
      else response.writeHead(206, { 'content-range': `bytes 0-0/${whole.byteLength}` }).end(whole.subarray(0, 1))
      return true
    }
    expect(said(await scan(wrong))).toEqual({ code: 1, findings: ['blob-size-mismatch truncated'], unchecked: [] })
  })
})

describe.each([400, 403, 405, 406, 416, 500, 501])('simulated: a server that answers each range with %i', (status) => {
  const refusing =
    (bytes: Buffer | undefined): Quirk =>
    ({ headers }, response) => {
      if (headers.range !== undefined || bytes === undefined) response.writeHead(status).end()
      else response.end(bytes)
      return true
    }
  it('gets a request for the whole blob', async () => {
    expect(said(await scan(refusing(whole)))).toEqual(WHOLE)
    const ran = await scan(refusing(whole.subarray(0, 3)))
    expect(said(ran)).toEqual({ code: 1, findings: ['blob-size-mismatch truncated'], unchecked: [] })
  })

  it('and for the whole blob too, leaves the blob unchecked', async () => {
    const ran = await scan(refusing(undefined))
    expect([ran.code, ran.target.findings, ran.target.unchecked.length]).toEqual([3, [], 1])
  })
})

describe('simulated: no body is read much further than its claimed size', () => {
  let sent = 0
  afterEach(() => {
    sent = 0
  })

  /** Sends zeros for as long as somebody reads, after the right bytes or in place of them. */
  function flood(
    start: Buffer,
    headers: (range: string | undefined) => readonly [number, Record<string, string>],
  ): Quirk {
    return ({ headers: { range } }, response) => {
      response.writeHead(...headers(range))
      const piece = Buffer.alloc(64 * 1024)
      const send = (): void => {
        while (!response.destroyed && response.write(piece)) sent += piece.byteLength
      }
      if (start.byteLength > 0) response.write(start)
      response.on('drain', send)
      send()
      return true
    }
  }
  const TOTAL = 10_000_000_000
  const floods = {
    'where a range says a huge total': (range: string | undefined) =>
      range === undefined
        ? ([200, { 'content-length': String(TOTAL) }] as const)
        : ([206, { 'content-range': `bytes ${TOTAL - 1}-${TOTAL - 1}/${TOTAL}` }] as const),
    'where a huge length is announced': () => [200, { 'content-length': String(TOTAL) }] as const,
    'where no length is announced': () => [200, {}] as const,
  }
  it.each(Object.entries(floods))('%s', async (_, headers) => {
    for (const depth of ['blobs', 'content']) {
      const wrong = said(await scan(flood(Buffer.alloc(0), headers), [`--depth=${depth}`]))
      expect(wrong).toEqual({ code: 3, findings: [], unchecked: ['STORE_MALFORMED'] })
      const longer = said(await scan(flood(whole, headers), [`--depth=${depth}`]))
      expect(longer).toEqual({ code: 1, findings: ['blob-size-mismatch extended'], unchecked: [] })
    }
    expect(sent).toBeLessThan(20 * 8 * 1024 * 1024)
  })
})
