import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One alert, as Alertmanager told it. */
export interface ToldAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Stands for the pager: an HTTP server on loopback that Alertmanager tells of alerts. */
export interface Webhook {
  readonly url: string
  /** All that a receiver has been told so far, in order. What still burns is told again. */
  told(receiver: string): readonly ToldAlert[]
  stop(): Promise<void>
}

interface Notification {
  readonly receiver: string
  readonly alerts: readonly ToldAlert[]
}

export async function startWebhook(): Promise<Webhook> {
  const notifications: Notification[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      notifications.push(JSON.parse(body))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    told: (wanted) => notifications.filter(({ receiver }) => receiver === wanted).flatMap(({ alerts }) => alerts),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
