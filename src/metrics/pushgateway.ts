import { setTimeout as sleep } from 'node:timers/promises'
import request from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import type { RunMetrics, TargetMetrics } from './metrics.ts'
import type { SeriesIdentity } from './samples.ts'

export interface PushOptions {
  /** As {@link pushgatewayProblem} has nothing against it. */
  readonly url: string
  /** Milliseconds for all tries together. */
  readonly within?: number
  /** Ends the tries. */
  readonly signal?: AbortSignal
}

const JOB = 'registry-integrity'

const TRIES = 3
const WITHIN = 30_000
/** Milliseconds before the second try; twice as long before the third. */
const PAUSE = 500
/** Characters of what a Pushgateway says about a refusal. */
const WORDS = 200
/** Bytes of an answer that are read. */
const ANSWER_LIMIT = 64 * 1024
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Bring a run to a Pushgateway, each target into a group of its own: what a complete run says replaces the group, what
 * any other says replaces the families of the same names.
 *
 * @returns what could not be delivered, as sentences; may carry text from the Pushgateway: escape before printing
 */
export async function pushMetrics({ targets }: RunMetrics, options: PushOptions): Promise<readonly string[]> {
  const agent = new Agent()
  try {
    const problems = await Promise.all(targets.map((target) => pushTarget(target, agent, options)))
    return problems.flatMap((problem) => problem ?? [])
  } finally {
    // A connection that hangs is not waited for.
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
      await sleep(Math.min(PAUSE * 2 ** (tries - 1), end - performance.now()), undefined, { signal }).catch(gone)
    // What is left is shared by the tries that are left.
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
 * The timer holds the controller until the work has ended: an `AbortSignal.timeout` that nobody holds is collected as
 * garbage, and never comes.
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

/** @returns why it was not taken; a redirect is followed by nobody, and takes nothing */
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

/** What was answered, and not all of it where it is long: anybody may answer, without an end. */
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

/** The path of a group. A value with anything but plain characters is encoded: a slash would be answered by a redirect. */
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

/** Expositions end with a newline, and so does their sum. */
function joined(...expositions: readonly string[]): string {
  return expositions.filter((text) => text !== '').join('\n')
}

/** Of a connection that was tried at several addresses, what the last said. */
function reasonIn(error: Error): string {
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error
  return last instanceof Error ? last.message : error.message
}

function gone(): undefined {
  return undefined
}
