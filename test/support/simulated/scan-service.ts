import type { ScanEvent } from '../../../src/check/events.ts'
import type { Plan } from '../../../src/serve/schedule/plan.ts'
import type { ScanListener } from '../../../src/serve/schedule/scan-process.ts'
import { Service } from '../../../src/serve/service.ts'
import type { StateFiles } from '../../../src/serve/state/json-store.ts'
import { StateStore } from '../../../src/serve/state/state-store.ts'
import { SimulatedClock } from './clock.ts'

/** One request that was answered, one that was throttled, and one that came to nothing. */
const ANSWERED = [
  [200, 4],
  [429, 2],
  [0, 30],
] as const

/** What the next scan tells, and how it ends. */
export interface Simulated {
  readonly events: readonly ScanEvent[]
  readonly problem?: string
  /** Milliseconds. */
  readonly took?: number
}

export interface SimulatedService {
  readonly clock: SimulatedClock
  readonly service: Service
  /** How often scans were begun, by the name of the registry. */
  readonly scans: string[]
  readonly logged: { readonly event: string; readonly fields: object }[]
  /** What every scan from now on tells. */
  setScan(next: Simulated): void
}

/** A service in simulated time, whose scans tell what a test wants. */
export function simulatedService(
  about: { readonly files?: StateFiles; readonly clock?: SimulatedClock } = {},
): SimulatedService {
  const { clock = new SimulatedClock(), files } = about
  const scans: string[] = []
  const logged: SimulatedService['logged'] = []
  let next: Simulated = { events: [] }
  const log = (_: string, event: string, fields: object = {}): void => {
    logged.push({ event, fields })
  }
  const service = new Service({
    scan: (plan: Plan, listener: ScanListener, signal) => {
      scans.push(plan.registry)
      const { events, problem, took = 1000 } = next
      return new Promise((resolve) => {
        const stop = (): void => {
          resolve('stopped')
        }
        signal.addEventListener('abort', stop)
        clock.after(took, () => {
          signal.removeEventListener('abort', stop)
          for (const event of events) listener.onEvent(event)
          listener.onRequests({ answered: ANSWERED, retried: 2 })
          resolve(problem)
        })
      })
    },
    clock,
    random: () => 0.5,
    scansAtOnce: 4,
    store: new StateStore(files, (sentence) => {
      logged.push({ event: 'warning', fields: { sentence } })
    }),
    log,
    build: { version: '0.1.0', nodeVersion: 'v20.0.0' },
  })
  return {
    clock,
    service,
    scans,
    logged,
    setScan: (told) => {
      next = told
    },
  }
}

/** State files in memory, open to the test. */
export function memoryStateFiles(): StateFiles & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>()
  return {
    texts,
    read: (name) => texts.get(name),
    write: (name, text) => {
      texts.set(name, text)
    },
    setAside: (name) => {
      texts.set(`${name}.damaged`, texts.get(name) ?? '')
      texts.delete(name)
    },
  }
}
