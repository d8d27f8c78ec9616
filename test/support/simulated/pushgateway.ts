import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Pushed {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** Simulated: a Pushgateway in this process that remembers what it was sent and answers as a test likes. */
export async function simulatePushgateway(
  answer: RequestListener = (_, response) => void response.writeHead(200).end(),
): Promise<{ readonly url: string; readonly taken: readonly Pushed[] }> {
  const taken: Pushed[] = []
  const server = createServer(async (request, response) => {
    taken.push({ method: request.method ?? '', path: request.url ?? '', body: await textOf(request) })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}
