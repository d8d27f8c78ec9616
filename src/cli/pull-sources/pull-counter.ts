import type { CountedPulls, ScanEvent } from '../../check/events.ts'
import type { RegistryClient } from '../../sources/api/client/client.ts'

/** The requests for one image that registries count as pulls. */
export class PullCounter {
  readonly #counts = new Map<RegistryClient, number>()

  readonly add = (client: RegistryClient): void => {
    this.#counts.set(client, (this.#counts.get(client) ?? 0) + 1)
  }

  /** The event, with those pulls at its end. Registries that say nothing about a limit are left out. */
  on(event: ScanEvent): ScanEvent {
    if (event.type !== 'summary') return event
    const pulls = [...this.#counts].flatMap(([client, counted]) => pullsOf(client, counted) ?? [])
    return pulls.length === 0 ? event : { ...event, pulls }
  }
}

function pullsOf(client: RegistryClient, counted: number): CountedPulls | undefined {
  const { pullLimit } = client
  if (pullLimit === undefined) return undefined
  const { limit, remaining, seconds, countedFor } = pullLimit
  return {
    host: client.url('').host,
    counted,
    ...(limit !== undefined && { limit }),
    seconds,
    remaining,
    ...(countedFor !== undefined && { countedFor }),
  }
}
