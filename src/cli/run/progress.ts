import type { ScanEvent } from '../../check/events.ts'
import type { Stage } from '../../check/records.ts'
import { harmless } from '../../report/escape.ts'
import type { Stream } from '../process/io.ts'

/** One line on a terminal, rewritten in place; silent anywhere else. */
export interface Progress {
  take(event: ScanEvent): void
  clear(): void
}

/** Milliseconds between two lines. */
const PACE = 100

/** Shows progress on a stream, if it is a terminal. */
export function progressOn(stderr: Stream): Progress {
  if (!stderr.isTerminal) return { take: () => undefined, clear: () => undefined }
  let registry = ''
  let last = 0
  let shown = false
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[K')
    shown = false
  }
  return {
    clear,
    take(event: ScanEvent): void {
      if (event.type === 'target') registry = harmless(event.info.registry)
      if (event.type !== 'progress') {
        clear()
        return
      }
      const now = performance.now()
      if (now - last < PACE) return
      last = now
      shown = true
      const line = `${registry}: ${describe(event.stage, event.done, event.total)}`
      stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`)
    },
  }
}

function describe(stage: Stage, done: number, total: number | undefined): string {
  switch (stage) {
    case 'walk':
      return `${done} repositories checked`
    case 'content':
      return `${gibibytes(done)} of ${gibibytes(total ?? done)} GiB hashed`
    case 'second-look':
      return `${done} of ${total ?? done} suspect repositories checked again`
  }
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1)
}
