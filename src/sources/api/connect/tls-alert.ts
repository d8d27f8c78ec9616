import type { buildConnector } from 'undici'
import connectorOf from 'undici/lib/core/connect.js'

/**
 * Connects as undici does and records the last TLS alert of the host. A server that rejects the client certificate sends
 * the alert after the handshake and then closes; undici reports only the close.
 */
export class TlsAlertRecorder {
  #last: string | undefined

  /** The last alert, in OpenSSL's words; `undefined` if the last connection got none. */
  get last(): string | undefined {
    return this.#last
  }

  /** A connector for undici's Agent. */
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
