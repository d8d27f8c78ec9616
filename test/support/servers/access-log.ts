import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningRegistry } from './registry.ts'

/** One request of a registry's access log. */
export interface LoggedRequest {
  readonly method: string
  /** Path and query. */
  readonly uri: string
}

/** Config that makes a real registry write its access log. */
export const ACCESS_LOG = { log: { level: 'info', formatter: 'json' } }

const MARK = '/v2/?until='
let marks = 0

/** Every request that a registry has answered, whatever its method, in the order of the answers. */
export async function requestsTo({ url, logs }: Pick<RunningRegistry, 'url' | 'logs'>): Promise<LoggedRequest[]> {
  // A line is written after the answer: one more request is asked, and waited for.
  const mark = `${MARK}${++marks}`
  await fetch(`${url}${mark}`)
  while (!logs().includes(`${mark} `)) await sleep(5)
  return [...logs().matchAll(/"([A-Z]+) (\/\S*) HTTP\//g)]
    .map(([, method = '', uri = '']) => ({ method, uri }))
    .filter(({ uri }) => !uri.startsWith(MARK))
}
