import type { Random } from '../seeded.ts'
import { type Ran, regfsck } from './run.ts'

/** A moment of a scan: so long after it has told of its progress. */
export interface Moment {
  readonly after: 'start' | 'walk' | 'content' | 'second-look' | 'end'
  /** How many repositories were done by then; of `content` the first that is told of counts. */
  readonly done: number
  /** Milliseconds. */
  readonly delay: number
}

/** Milliseconds that a process takes to begin a scan, about. */
const BOOT = 500

/**
 * From before the start to after the end: most while the scan looks for the first time, many in the pause between the
 * two looks.
 *
 * @param about.pause milliseconds before the second look
 */
export function randomMoment(
  random: Random,
  about: { readonly repositories: number; readonly suspects: number; readonly pause: number },
): Moment {
  const share = random.int(100)
  if (share < 12) return { after: 'start', done: 0, delay: random.int(BOOT) }
  if (share < 55) return { after: 'walk', done: 1 + random.int(about.repositories), delay: 0 }
  if (share < 62) return { after: 'content', done: 0, delay: random.int(10) }
  if (share < 87) return { after: 'walk', done: about.repositories, delay: random.int(about.pause) }
  if (share < 96) return { after: 'second-look', done: 1 + random.int(about.suspects), delay: random.int(3) }
  return { after: 'end', done: 0, delay: 0 }
}

/** Scan, and do something at that moment; where it does not come, as soon as the scan is over. */
export async function actDuringScan(args: readonly string[], moment: Moment, act: () => void): Promise<Ran> {
  let timer: NodeJS.Timeout | undefined
  let isDone = false
  const once = (): void => {
    if (!isDone) act()
    isDone = true
  }
  const begin = (): void => {
    timer ??= setTimeout(once, moment.delay)
  }
  let rest = ''
  const ran = await regfsck(['scan', '--log-level=debug', ...args], {
    onStart: () => {
      if (moment.after === 'start') begin()
    },
    onStderr: (piece) => {
      const lines = `${rest}${piece}`.split('\n')
      rest = lines.pop() ?? ''
      if (lines.some((line) => isReached(moment, line))) begin()
    },
  })
  clearTimeout(timer)
  once()
  return ran
}

function isReached({ after, done }: Moment, line: string): boolean {
  if (!line.startsWith('{')) return false
  const progress: { readonly event?: string; readonly stage?: string; readonly done?: number } = JSON.parse(line)
  return progress.event === 'scan.progress' && progress.stage === after && (progress.done ?? 0) >= done
}
