import { describe, expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { simulateRegistry } from '../../../support/simulated/registry.ts'

const node = image('ranges')
const blobs = new Map([node.config, ...node.layers].map((each) => [each.descriptor.digest as string, each.bytes]))
const layer = node.layers[0]?.descriptor.digest ?? ''

/** Scan a registry that refuses a range counted from the end, and knows how to begin at a byte. */
async function scan(refusal: number, stored: ReadonlyMap<string, Buffer> = blobs) {
  const ranges: string[] = []
  const registry = await simulateRegistry(node, ({ path, headers }, response) => {
    const bytes = stored.get(path.pathname.split('/').at(-1) ?? '')
    if (bytes === undefined || !path.pathname.includes('/blobs/')) return false
    const { range } = headers
    ranges.push(range ?? 'all')
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1])
    if (range === undefined) response.end(bytes)
    else if (range === 'bytes=-1') response.writeHead(refusal).end()
    else if (start >= bytes.byteLength)
      response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end()
    else {
      const content = `bytes ${start}-${bytes.byteLength - 1}/${bytes.byteLength}`
      response.writeHead(206, { 'content-range': content }).end(bytes.subarray(start))
    }
    return true
  })
  const ran = await regfsckHere(['scan', '--output=json', '--recheck-delay=0', registry.url])
  await registry.stop()
  return { target: targetIn(ran), ranges }
}

describe.each([400, 501])('simulated: a store that refuses a range from the end (%i)', (refusal) => {
  it('gets a request for the claimed last byte', async () => {
    const { target, ranges } = await scan(refusal)
    expect(target).toMatchObject({ complete: true, findings: [], unchecked: [] })
    expect(ranges).not.toContain('all')
    expect(ranges).toHaveLength(2 * blobs.size)
  })

  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, 3)],
    ['extended', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ])('detects a layer that is %s', async (cause, change) => {
    const stored = new Map([...blobs].map(([digest, bytes]) => [digest, digest === layer ? change(bytes) : bytes]))
    expect((await scan(refusal, stored)).target.findings).toMatchObject([
      { code: 'blob-size-mismatch', cause, digest: layer },
    ])
  })
})
