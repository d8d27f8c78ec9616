import type { ScanEvent } from '../../check/events.ts'
import type { IpcMessage } from '../../serve/schedule/ipc-messages.ts'
import type { Traffic } from '../../sources/api/http/traffic.ts'
import type { Parent } from '../process/io.ts'

/** Sends findings and requests to the parent process. */
export interface ParentMessages {
  readonly event: (event: ScanEvent) => void
  readonly traffic: Traffic
  /** @returns when everything is sent */
  readonly finish: () => Promise<void>
}

/** The number of requests in one message. */
const BATCH = 500

/** Sends events at once and counts of requests in batches. */
export function parentMessages(parent: Parent): ParentMessages {
  let answered: (readonly [number, number])[] = []
  let retried = 0
  const send = (message: IpcMessage): Promise<void> => parent.send(message)
  const flush = (): Promise<void> => {
    const traffic = { answered, retried }
    answered = []
    retried = 0
    return send({ type: 'traffic', traffic })
  }
  return {
    event: (event) => {
      // The parent does not show progress.
      if (event.type !== 'progress') void send({ type: 'event', event })
    },
    traffic: {
      answered: (status, milliseconds) => {
        answered.push([status ?? 0, Math.round(milliseconds * 10) / 10])
        if (answered.length >= BATCH) void flush()
      },
      retried: () => {
        retried++
      },
    },
    finish: flush,
  }
}
