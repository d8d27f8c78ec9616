import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy in front of a registry. */
export interface Proxy {
  readonly url: string
  stop(): Promise<void>
}

/**
 * @param refusal the status for a path that it does not let through; a 404 comes in the words of a registry, because in any
 *   other it says nothing of one
 * @param page the body of a 404 instead of those words
 */
export async function proxyBefore(
  upstream: string,
  refusal: (path: string) => number | undefined,
  page?: string,
): Promise<Proxy> {
  const server = createServer((request, response) => {
    const status = refusal(request.url ?? '')
    if (status !== undefined) {
      const code = request.url?.includes('/blobs/') ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN'
      response.writeHead(status).end(status === 404 ? (page ?? JSON.stringify({ errors: [{ code }] })) : '')
      return
    }
    const { method, headers } = request
    const passed = ask(`${upstream}${request.url}`, { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
