import { setTimeout as sleep } from 'node:timers/promises'
import request from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import type { RunMetrics, TargetMetrics } from './metrics.ts'
import type { SeriesIdentity } from './samples.ts'

/** Where and how long to push. */
export interface PushOptions {
  /** Checked with {@link pushgatewayProblem}. */
  readonly url: string
  /** Milliseconds for all attempts together. */
  readonly within?: number
  /** Stops the attempts. */
  readonly signal?: AbortSignal
}

const JOB = 'registry-integrity'

const TRIES = 3
const WITHIN = 30_000
/** Milliseconds before the second attempt; doubled before the third. */
const PAUSE = 500
/** Characters of an error response that are quoted. */
const WORDS = 200
/** Bytes of a response that are read. */
const ANSWER_LIMIT = 64 * 1024
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Pushes the metrics of a run to a Pushgateway, each target into its own group. A complete run replaces the group (PUT), an
 * incomplete run replaces only the families that it has (POST).
 *
 * @returns what could not be delivered, as sentences; may contain text from the Pushgateway: escape before printing
 */
export async function pushMetrics({ targets }: RunMetrics, options: PushOptions): Promise<readonly string[]> {
  const agent = new Agent()
  try {
    const problems = await Promise.all(targets.map((target) => pushTarget(target, agent, options)))
    return problems.flatMap((problem) => problem ?? [])
  } finally {
    // destroy() does not wait for hanging connections.
    await agent.destroy()
  }
}

async function pushTarget(target: TargetMetrics, agent: Agent, options: PushOptions): Promise<string | undefined> {
  const { url, within = WITHIN, signal } = options
  const end = performance.now() + within
  let problem = ''
  let tries = 0
  for (; tries < TRIES && !signal?.aborted; tries++) {
    if (tries > 0)
      await sleep(Math.min(PAUSE * 2 ** (tries - 1), end - performance.now()), undefined, { signal }).catch(ignored)
    // The remaining time is split between the remaining attempts.
    const limit = Math.max(1, Math.floor((end - performance.now()) / (TRIES - tries)))
    const failed = await withLimit(limit, signal, (stop) => tryPush(target, url, { agent, stop }))
    if (failed === undefined) return undefined
    problem = failed === 'late' ? `did not answer within ${Math.round(limit / 100) / 10} s` : failed
  }
  const asked = tries === 1 ? 'once' : `${tries} times`
  const { registry } = target.identity
  return `the metrics of ${JSON.stringify(registry)} were not delivered: ${url}, tried ${asked}, ${problem || 'interrupted'}`
}

/**
 * The timer keeps the controller alive. An `AbortSignal.timeout` that is not referenced can be garbage-collected before it
 * fires.
 */
async function withLimit(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (stop: AbortSignal) => Promise<string | undefined>,
): Promise<string | undefined> {
  const controller = new AbortController()
  const stop = (): void => {
    controller.abort()
  }
  const timer = setTimeout(() => {
    controller.abort('late')
  }, milliseconds)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    const failed = await work(controller.signal)
    return failed !== undefined && controller.signal.reason === 'late' ? 'late' : failed
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** @returns why the push failed; redirects are not followed */
async function tryPush(
  target: TargetMetrics,
  url: string,
  { agent, stop }: { readonly agent: Agent; readonly stop: AbortSignal },
): Promise<string | undefined> {
  const [method, body] =
    target.is === 'complete'
      ? (['PUT', joined(target.run, target.result)] as const)
      : (['POST', joined(target.run, target.findings ?? '')] as const)
  try {
    const { origin, pathname } = new URL(`${url.replace(/\/+$/, '')}${groupPath(target.identity)}`)
    const answer = await request.call(agent, {
      origin,
      path: pathname,
      method,
      body,
      headers: { 'content-type': CONTENT_TYPE },
      signal: stop,
    })
    const words = await beginningOf(answer.body)
    if (answer.statusCode === 200 || answer.statusCode === 202) return undefined
    const said = words.trim().slice(0, WORDS)
    return `answered ${answer.statusCode}${said === '' || answer.statusCode < 400 ? '' : `: ${said}`}`
  } catch (error) {
    return `cannot be reached: ${error instanceof Error ? reasonIn(error) : String(error)}`
  }
}

/** The beginning of a response: the server may not be a Pushgateway, and its response may never end. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    pieces.push(piece)
    bytes += piece.byteLength
    if (bytes > ANSWER_LIMIT) break
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** The path of a group. Values with special characters are base64-encoded: the Pushgateway answers a slash with a redirect. */
export function groupPath({ registry, profile, shard }: SeriesIdentity): string {
  const labels = [
    ['job', JOB],
    ['registry', registry],
    ...(profile === undefined ? [] : [['profile', profile]]),
    ...(shard === undefined ? [] : [['shard', shard]]),
  ] as const
  return `/metrics${labels.map(([name = '', value = '']) => `/${labelPath(name, value)}`).join('')}`
}

function labelPath(name: string, value: string): string {
  if (/^[\w:-][\w.:-]*$/.test(value)) return `${name}/${value}`
  const encoded = Buffer.from(value).toString('base64url')
  return `${name}@base64/${encoded === '' ? '=' : encoded}`
}

/** Joins expositions with an empty line. */
function joined(...expositions: readonly string[]): string {
  return expositions.filter((text) => text !== '').join('\n')
}

/** The reason of an error; with several addresses, that of the last one. */
function reasonIn(error: Error): string {
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error
  return last instanceof Error ? last.message : error.message
}

function ignored(): undefined {
  return undefined
}
