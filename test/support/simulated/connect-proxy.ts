import { request as ask, createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ConnectProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly host: string
  /** `CONNECT host:port`, or method and URL, of every request that got in. */
  readonly asked: string[]
  stop(): Promise<void>
}

/**
 * A small proxy for HTTP, and by CONNECT for the rest. It finds every name at 127.0.0.1, so that a test can tell whether
 * a request came through it: the name means nothing to anybody else.
 *
 * @param who `user:password` that it asks for
 */
export async function startConnectProxy(who?: string): Promise<ConnectProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const wanted = who === undefined ? undefined : `Basic ${Buffer.from(who).toString('base64')}`
  const server = createServer(({ method = 'GET', url = '', headers }, response) => {
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) return void response.writeHead(407).end()
    asked.push(`${method} ${url}`)
    const { port, pathname, search } = new URL(url)
    const { 'proxy-authorization': _, ...passed } = headers
    const onward = ask({ host: '127.0.0.1', port, method, path: `${pathname}${search}`, headers: passed }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    onward.end()
  })
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted)
      return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    asked.push(`CONNECT ${url}`)
    const onward = connect(Number(url.replace(/^.*:/, '')), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      client.pipe(onward).pipe(client)
    })
    for (const socket of [client, onward]) {
      sockets.add(socket)
      socket.on('error', () => [client, onward].forEach((each) => void each.destroy()))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    host,
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
