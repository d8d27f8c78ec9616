import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One alert, as Alertmanager told it. */
export interface ReceivedAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** A message in a chat, as Slack takes it. */
export interface ChatMessage {
  readonly attachments: readonly { readonly title: string; readonly text: string }[]
}

/** Stands for the pager and for Slack: an HTTP server on loopback that Alertmanager tells of alerts. */
export interface Webhook {
  readonly url: string
  /** What Slack is told goes here. */
  readonly chatUrl: string
  /** All that a receiver has been told so far, in order. What still burns is told again. */
  received(receiver: string): readonly ReceivedAlert[]
  /** What was written into the chat, in order. */
  chat(): readonly ChatMessage[]
  stop(): Promise<void>
}

interface Notification {
  readonly receiver: string
  readonly alerts: readonly ReceivedAlert[]
}

const CHAT = '/chat'

export async function startWebhook(): Promise<Webhook> {
  const notifications: Notification[] = []
  const messages: ChatMessage[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      if (request.url === CHAT) messages.push(JSON.parse(body))
      else notifications.push(JSON.parse(body))
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    chatUrl: `${url}${CHAT}`,
    received: (wanted) => notifications.filter(({ receiver }) => receiver === wanted).flatMap(({ alerts }) => alerts),
    chat: () => [...messages],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
