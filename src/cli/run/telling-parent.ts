import type { ScanEvent } from '../../check/events.ts'
import type { IpcMessage } from '../../serve/schedule/ipc-messages.ts'
import type { Traffic } from '../../sources/api/http/traffic.ts'
import type { Parent } from '../process/io.ts'

/** Tells the process that started this one what it finds, and whom it asks. */
export interface Telling {
  readonly event: (event: ScanEvent) => void
  readonly traffic: Traffic
  /** @returns when all of it has gone out */
  readonly finish: () => Promise<void>
}

/** Requests that are told of together. */
const PIECE = 500

export function tellingParent({ tell }: Parent): Telling {
  let answered: (readonly [number, number])[] = []
  let retried = 0
  const send = (told: IpcMessage): Promise<void> => tell(told)
  const flush = (): Promise<void> => {
    const traffic = { answered, retried }
    answered = []
    retried = 0
    return send({ type: 'traffic', traffic })
  }
  return {
    event: (event) => {
      // Nobody there watches it being done.
      if (event.type !== 'progress') void send({ type: 'event', event })
    },
    traffic: {
      answered: (status, milliseconds) => {
        answered.push([status ?? 0, Math.round(milliseconds * 10) / 10])
        if (answered.length >= PIECE) void flush()
      },
      retried: () => {
        retried++
      },
    },
    finish: flush,
  }
}
