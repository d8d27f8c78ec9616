import type { ScanEvent } from '../../check/events.ts'
import { harmlessJson } from '../escape.ts'
import type { Report, Write } from '../report.ts'

/**
 * One record a line, written as soon as it is final. `type` is `tag`, `finding`, `fixed`, `still-known`, `unchecked` or
 * `summary`. Two runs over the same registry write their lines in the same order.
 */
export function ndjsonReport(write: Write): Report {
  let registry = ''
  let head: object = {}
  const line = (record: object): void => {
    write(`${harmlessJson(record)}\n`)
  }
  return {
    take(event: ScanEvent): void {
      switch (event.type) {
        case 'target':
          registry = event.info.registry
          head = event.info
          return
        case 'tag':
          line({ type: 'tag', registry, ...event.record, findings: event.findings })
          return
        case 'finding':
        case 'fixed':
        case 'still-known':
          line({ type: event.type, registry, ...event.finding })
          return
        case 'unchecked':
          line({ type: 'unchecked', registry, ...event.record })
          return
        case 'summary':
          line({
            type: 'summary',
            ...head,
            complete: event.complete,
            totals: event.totals,
            ...(event.pulls && { pulls: event.pulls }),
          })
          return
        case 'unreadable':
          line({ type: 'summary', ...head, complete: false, totals: null, error: event.reason })
          return
        case 'repairs':
        case 'progress':
      }
    },
    end(): void {
      // Each line was final when it was written.
    },
  }
}
