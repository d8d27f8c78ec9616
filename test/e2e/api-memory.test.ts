import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { regfsck } from '../support/command/run.ts'
import { type Quirk, simulateRegistry } from '../support/simulated/registry.ts'

const MIB = 1024 * 1024
/** What any body may cost at the most, however long it is. */
const ALLOWANCE = 32 * MIB
/** By so much two runs of the same scan differ. */
const NOISE = 6 * MIB
const node = image('hungry')
const bomb = gzipSync(Buffer.alloc(256 * MIB))

/** Simulated: a body without end, in pieces of one size. */
function stream(response: ServerResponse, piece: Buffer): true {
  if (response.req.method === 'HEAD') response.end()
  const more = (): void => {
    while (!response.destroyed && !response.writableEnded && response.write(piece));
  }
  response.on('drain', more)
  more()
  return true
}

const endless =
  (part: string, piece: Buffer, status = 200): Quirk =>
  ({ path }, response) =>
    path.pathname.includes(part) && stream(response.writeHead(status), piece)

/** The most memory that a scan of a simulated registry has ever had, as the system counts it. */
async function peakOf(quirk: Quirk): Promise<{ readonly peak: number; readonly code: number }> {
  const registry = await simulateRegistry(node, quirk)
  let peak = 0
  let watch: NodeJS.Timeout | undefined
  const look = (pid: number): void => {
    watch = setInterval(() => {
      try {
        const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        peak = Math.max(peak, Number(kib ?? 0) * 1024)
      } catch {
        // It has ended.
      }
    }, 5)
  }
  const flags = ['--depth=content', '--request-timeout=3s', '--recheck-delay=0']
  const { code } = await regfsck(['scan', ...flags, registry.url], { onStart: look })
  clearInterval(watch)
  await registry.stop()
  return { peak, code }
}

describe('simulated: memory stays where it is', () => {
  let plain = 0

  beforeAll(async () => {
    const { peak, code } = await peakOf(() => false)
    expect(code).toBe(0)
    plain = peak
  })

  const large = Buffer.alloc(64 * 1024, '[')

  it.each([
    ['a manifest without end', endless('/manifests/sha256:', large)],
    ['a manifest without end in pieces of one byte', endless('/manifests/sha256:', Buffer.from('['))],
    ['a list of tags without end', endless('/tags/list', large)],
    ['a catalog without end', endless('/v2/_catalog', large)],
    ['blobs without end', endless('/blobs/', large)],
    ['errors without end', endless('/blobs/', large, 500)],
    [
      'blobs that burst when they are decoded',
      ({ path }, response) => {
        if (!path.pathname.includes('/blobs/')) return false
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
        return true
      },
    ],
  ] satisfies [string, Quirk][])('under %s', async (_, quirk) => {
    const { peak, code } = await peakOf(quirk)
    expect([0, 3, 4]).toContain(code)
    expect(peak - plain).toBeLessThan(ALLOWANCE + NOISE)
  })
})
