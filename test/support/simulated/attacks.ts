import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** Simulated: what a hostile or broken server does in place of an answer. */
export type Attack = (response: ServerResponse, elsewhere: string) => void

const raw =
  (text: string): Attack =>
  ({ socket }) =>
    void socket?.end(text)

const status =
  (code: number, headers: Readonly<Record<string, string | string[]>> = {}): Attack =>
  (response) =>
    void response.writeHead(code, headers).end('canary-free')

const stream = (response: ServerResponse, piece: string): void => {
  // Nothing that is written after a HEAD goes anywhere, so nothing would stop it.
  if (response.req.method === 'HEAD') return void response.end()
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  }
  response.on('drain', more)
  more()
}

/** By what it does. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  'resets the connection': ({ socket }) => void socket?.resetAndDestroy(),
  'closes the connection': ({ socket }) => void socket?.destroy(),
  'ends inside its headers': raw('HTTP/1.1 200 OK\r\ncontent-le'),
  'speaks no HTTP': raw('SSH-2.0-OpenSSH_9.2\r\n'),
  'sends headers without end': ({ socket }) => void socket?.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(100_000)}`),
  'says nothing': () => undefined,
  'stops after its headers': (response) => void response.writeHead(200).flushHeaders(),
  trickles: (response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  },
  'sends a body without end': (response) => stream(response.writeHead(200), 'x'.repeat(64 * 1024)),
  'sends a web page': (response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>'),
  'compresses its answer': (response) => {
    const bytes = gzipSync(Buffer.alloc(8 * 1024 * 1024))
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bytes.byteLength }).end(bytes)
  },
  'answers 401 for ever': status(401, { 'www-authenticate': 'Basic realm="again"' }),
  'answers 401 and names a token server elsewhere': (response, elsewhere) =>
    status(401, { 'www-authenticate': `Bearer realm="${elsewhere}/token",service="s"` })(response, elsewhere),
  'answers 401 and names a file': status(401, { 'www-authenticate': 'Bearer realm="file:///etc/passwd"' }),
  'answers 403': status(403),
  'answers 418': status(418),
  'answers 429 and asks for an hour': status(429, { 'retry-after': '3600' }),
  'answers 429 and asks for 30 years': status(429, { 'retry-after': '1000000000' }),
  'answers 500': status(500),
  'answers 503': status(503, { 'retry-after': '0' }),
  'redirects elsewhere': (response, elsewhere) => void response.writeHead(307, { location: `${elsewhere}/x` }).end(),
  'redirects to the metadata service': status(302, { location: 'http://169.254.169.254/latest/meta-data/' }),
  'redirects to a file': status(301, { location: 'file:///etc/passwd' }),
  'redirects in a loop': (response) => void response.writeHead(308, { location: response.req.url ?? '' }).end(),
}

/** Attacks that leave the first line and the headers of an answer as they should be. */
export const ATTACKS_ON_BODIES: ReadonlySet<string> = new Set([
  'stops after its headers',
  'trickles',
  'sends a body without end',
  'compresses its answer',
])
