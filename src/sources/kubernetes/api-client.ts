import { type IncomingMessage, request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { readAccount, withoutContent } from './account.ts'
import { ApiFailure, failureOf } from './api-failure.ts'
import { textAt } from './pick.ts'
import type { ClusterSettings } from './settings.ts'

/** A question to the API of a cluster. Only GET is sent. */
export interface ApiQuestion {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Milliseconds without a byte after which the cluster is taken for away. */
  readonly silence: number
  readonly signal: AbortSignal
}

/** UTF-16 units of one answer. A page of 500 pods has about 5 million. */
const LARGEST = 256 * 1024 * 1024
/** UTF-16 units of an error's text. */
const LONGEST_ERROR = 64 * 1024

/** Asks the API of one cluster. */
export class ApiClient {
  readonly #settings: ClusterSettings
  #account: Promise<KubeConfig> | undefined

  constructor(settings: ClusterSettings) {
    this.#settings = settings
  }

  /** @throws {ApiFailure} */
  async json(question: ApiQuestion): Promise<unknown> {
    const body = await textOf(await this.open(question), LARGEST)
    try {
      return JSON.parse(body)
    } catch {
      throw new ApiFailure('failed', 'the answer of the cluster is not JSON')
    }
  }

  /**
   * The body of an answer, not yet read.
   *
   * @throws {ApiFailure}
   */
  async open({ path, query, silence, signal }: ApiQuestion): Promise<IncomingMessage> {
    const config = await this.#read()
    const options: RequestOptions = { headers: { accept: 'application/json', 'user-agent': 'regfsck' } }
    try {
      await config.applyToHTTPSOptions(options)
    } catch (error) {
      this.#account = undefined
      throw new ApiFailure('denied', `there are no credentials: ${withoutContent(error)}`)
    }
    const url = new URL(`${config.getCurrentCluster()?.server.replace(/\/+$/, '')}${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const response = await send(url, { ...options, timeout: silence, signal })
    const { statusCode = 0, headers } = response
    if (statusCode === 200) return response
    // Credentials may have been renewed in the file.
    if (statusCode === 401) this.#account = undefined
    const said = messageIn(await textOf(response, LONGEST_ERROR).catch(() => ''))
    throw failureOf(statusCode, said, 1000 * (Number(headers['retry-after']) || 0))
  }

  async #read(): Promise<KubeConfig> {
    this.#account ??= readAccount(this.#settings)
    try {
      return await this.#account
    } catch (error) {
      this.#account = undefined
      throw error
    }
  }
}

function send(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? requestHttp : requestHttps)(url, options)
    request.once('socket', (socket) => socket.setKeepAlive(true, 30_000))
    request.once('timeout', () => {
      request.destroy(new ApiFailure('failed', `no answer from the cluster for ${(options.timeout ?? 0) / 1000} s`))
    })
    request.once('response', resolve)
    request.once('error', (error) => {
      reject(networkFailure(error))
    })
    request.end()
  })
}

/** A failure of the network, while an answer was awaited or read. */
export function networkFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  // With several addresses Node gives an AggregateError without a message of its own.
  const message = textAt(error, 'message') ?? textAt(error, 'code') ?? String(error)
  return new ApiFailure('failed', `the cluster cannot be reached: ${message}`)
}

async function textOf(response: IncomingMessage, most: number): Promise<string> {
  response.setEncoding('utf8')
  const pieces: string[] = []
  let length = 0
  try {
    // An encoding is set, so the pieces are texts.
    for await (const piece of response as AsyncIterable<string>) {
      length += piece.length
      if (length > most) throw new ApiFailure('failed', 'the answer of the cluster is too large')
      pieces.push(piece)
    }
  } catch (error) {
    throw networkFailure(error)
  }
  return pieces.join('')
}

/** The message of a `Status`, as the API sends it with an error. */
function messageIn(body: string): string | undefined {
  try {
    return textAt(JSON.parse(body), 'message')
  } catch {
    return undefined
  }
}
