import { expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { type SaidTarget, targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { type Quirk, simulateRegistry } from '../../../support/simulated/registry.ts'

const node = image('cut')
const layer = node.layers[0]

/** Scan a simulated registry that answers for one layer in its own way. */
async function scan(quirk: Quirk): Promise<{ readonly target: SaidTarget; readonly code: number }> {
  const registry = await simulateRegistry(
    node,
    (request, response) => request.path.pathname.endsWith(layer?.descriptor.digest ?? '') && quirk(request, response),
  )
  const ran = await regfsckHere(['scan', '--output=json', '--recheck-delay=0', '--depth=content', registry.url])
  await registry.stop()
  return { target: targetIn(ran), code: ran.code }
}

/** Simulated: the first bytes of a layer under its whole length, then the connection ends. */
function cutAfter(bytes: () => number): Quirk {
  return (_, response) => {
    const whole = layer?.bytes ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-length': whole.byteLength })
    response.write(whole.subarray(0, bytes()), () => response.socket?.end())
    return true
  }
}

it('a layer that ends at the same byte each time is missing', async () => {
  const { target, code } = await scan(cutAfter(() => 3))
  expect(target.findings.map((found) => found.code)).toEqual(['layer-missing'])
  expect(code).toBe(1)
})

it('a layer that ends at another byte each time is unchecked: the network may be the cause', async () => {
  let next = 1
  const { target, code } = await scan(cutAfter(() => next++))
  expect(target.findings).toEqual([])
  expect(target.unchecked.map(({ because }) => because)).toEqual(['STORE_UNREACHABLE'])
  expect(code).toBe(3)
})

it('a web page instead of a layer is unchecked, not damage', async () => {
  const { target, code } = await scan((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>log in</html>')
    return true
  })
  expect(target.findings).toEqual([])
  expect(target.unchecked.map(({ because }) => because)).toEqual(['STORE_MALFORMED'])
  expect(code).toBe(3)
})

it('a layer without a length that is longer than twice its claimed size is not read forever', async () => {
  const { target, code } = await scan((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    }
    response.on('drain', more)
    more()
    return true
  })
  expect(target.findings).toEqual([])
  expect(target.unchecked.map(({ because }) => because)).toEqual(['STORE_MALFORMED'])
  expect(code).toBe(3)
})

it('a layer without a length is intact if its bytes are right, whatever its content type', async () => {
  const { target, code } = await scan((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.write(layer?.bytes.subarray(0, 1))
    response.end(layer?.bytes.subarray(1))
    return true
  })
  expect([target.findings, target.unchecked, code]).toEqual([[], [], 0])
})
