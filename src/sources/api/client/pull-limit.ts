import { StoreError } from '../../../check/store-error.ts'
import { timeOfDay } from '../http/backoff.ts'
import type { ResponseHead } from '../http/http-request.ts'
import type { RegistryRequest } from './registry-request.ts'

/** How many pulls a registry allows, as it says with each response. */
export interface PullLimit {
  /** Pulls in so many seconds. */
  readonly limit: number | undefined
  readonly remaining: number
  readonly seconds: number
  /** Whose pulls are counted: an address, or the id of an account. */
  readonly countedFor: string | undefined
}

/**
 * Reads the headers of Docker Hub: `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 97;w=21600`. Other registries send
 * headers of that name without a window: those limit requests, not pulls.
 *
 * @see Docker, "Docker Hub usage and limits", "View pull rate and limit"
 */
export function pullLimitIn(headers: ResponseHead['headers']): PullLimit | undefined {
  const remaining = windowed(headers['ratelimit-remaining'])
  if (remaining === undefined) return undefined
  const source = headers['docker-ratelimit-source']
  return {
    limit: windowed(headers['ratelimit-limit'])?.count,
    remaining: remaining.count,
    seconds: remaining.seconds,
    countedFor: typeof source === 'string' && /^[\w.:-]{1,100}$/.test(source) ? source : undefined,
  }
}

function windowed(value: string | string[] | undefined) {
  const [, count, seconds] = typeof value === 'string' ? (/^(\d{1,12});w=(\d{1,9})$/.exec(value.trim()) ?? []) : []
  return count === undefined ? undefined : { count: Number(count), seconds: Number(seconds) }
}

/** Whether a registry with such a limit counts a request: a GET of a manifest. A HEAD is free, and so are blobs. */
export function isCountedPull({ method, path }: Pick<RegistryRequest, 'method' | 'path'>): boolean {
  return method === 'GET' && /\/manifests\/[^/]*$/.test(path)
}

/** `100 pulls in 6 h`. */
export function limitText({ limit, seconds }: PullLimit): string {
  const hours = seconds / 3600
  const window = hours >= 1 ? `${Number(hours.toFixed(1))} h` : `${seconds} s`
  return limit === undefined ? `the pulls in ${window}` : `${limit} pulls in ${window}`
}

/** Keeps to a limit of pulls: where none is left, a manifest is not asked for, and the registry need not refuse it. */
export class PullAllowance {
  readonly #place: string
  readonly #onFirst: ((limit: PullLimit) => void) | undefined
  readonly #open = new Set<Promise<void>>()
  #known: PullLimit | undefined
  /** By `performance.now()`: then all pulls that count now are forgotten. */
  #overAt = 0

  /** @param onFirst called once, when the limit is known */
  constructor(place: string, onFirst?: (limit: PullLimit) => void) {
    this.#place = place
    this.#onFirst = onFirst
  }

  /** The latest that the registry said. */
  get limit(): PullLimit | undefined {
    return this.#known
  }

  /** Learns from a response of the registry. */
  observe(headers: ResponseHead['headers']): void {
    const limit = pullLimitIn(headers)
    if (limit === undefined) return
    const isFirst = this.#known === undefined
    this.#known = limit
    this.#overAt = performance.now() + limit.seconds * 1000
    if (isFirst) this.#onFirst?.(limit)
  }

  /**
   * Waits until a pull is left that no other request is about to use.
   *
   * @returns to call when the response has come
   * @throws {StoreError} `STORE_THROTTLED` if none is left
   */
  async take(): Promise<() => void> {
    while (this.#left <= 0 && this.#open.size > 0) await Promise.race(this.#open)
    if (this.#left <= 0) throw this.#exhausted()
    let done: () => void = () => undefined
    const one = new Promise<void>((resolve) => {
      done = resolve
    })
    this.#open.add(one)
    return () => {
      this.#open.delete(one)
      done()
    }
  }

  /** Whether no pull is left. */
  get isExhausted(): boolean {
    return this.#known !== undefined && this.#known.remaining <= 0 && performance.now() < this.#overAt
  }

  get #left(): number {
    if (this.#known === undefined || performance.now() >= this.#overAt) return Number.POSITIVE_INFINITY
    return this.#known.remaining - this.#open.size
  }

  #exhausted(): StoreError {
    const text = this.#known === undefined ? '' : limitText(this.#known)
    const until = timeOfDay(this.#overAt - performance.now())
    return new StoreError(`allows ${text}, and none is left: try again by ${until}; --manifest-cache needs fewer`, {
      code: 'STORE_THROTTLED',
      place: this.#place,
    })
  }
}
