import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands before a registry, and can be shut: whoever asks then finds the registry away. */
export interface BlockableProxy {
  readonly url: string
  /** Connections that are open are broken off. */
  shut(): void
  open(): void
  stop(): Promise<void>
}

/** @param url of a registry on loopback */
export async function startBlockableProxy(url: string): Promise<BlockableProxy> {
  const { port } = new URL(url)
  const sockets = new Set<Socket>()
  let isShut = false
  const server = createServer((socket) => {
    if (isShut) {
      socket.destroy()
      return
    }
    const other = connect(Number(port), '127.0.0.1')
    for (const each of [socket, other]) {
      sockets.add(each)
      each.on('error', () => undefined).on('close', () => sockets.delete(each))
    }
    socket.pipe(other).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const shut = (): void => {
    isShut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    shut,
    open: () => {
      isShut = false
    },
    stop: async () => {
      shut()
      server.close()
    },
  }
}
