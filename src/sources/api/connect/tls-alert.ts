import type { buildConnector } from 'undici'
import connectorOf from 'undici/lib/core/connect.js'

/**
 * Connects as undici does, and notes the last TLS alert of the host. A server that refuses the client's certificate says so
 * only after the handshake, and closes: of the two, undici tells the closing.
 */
export class AlertNotes {
  #last: string | undefined

  /** Why the server ended its last connection, in OpenSSL's words; nothing where it did not say. */
  get last(): string | undefined {
    return this.#last
  }

  connector(options: buildConnector.BuildOptions): buildConnector.connector {
    const connect = connectorOf(options)
    return (to, done) => {
      connect(to, (...connected) => {
        this.#last = undefined
        const [, socket] = connected
        socket?.on('error', (error: Error) => {
          this.#last ??= alertIn(error)
        })
        done(...connected)
      })
    }
  }
}

function alertIn(error: Error): string | undefined {
  return /\balert ([a-z ]+)/.exec(error.message)?.[1]
}
