import type { ScanEvent } from '../../check/events.ts'
import { History, type RunContext } from '../../state/history.ts'
import { readState, stateText } from '../../state/state-file.ts'
import { writeWholeFile } from '../files/whole-file.ts'

/** What earlier runs found, held against this one. */
export interface Remembering {
  /** The event as it is to be told, and what is to be told before it. */
  take(event: ScanEvent): Iterable<ScanEvent>
  /** @returns what could not be kept, if anything */
  finish(): string | undefined
}

/**
 * @param file of `--state`; left out, nothing is remembered
 * @param warn told of a file that had to be set aside
 */
export function remembering(file: string | undefined, run: RunContext, warn: (sentence: string) => void): Remembering {
  if (file === undefined) return { take: (event) => [event], finish: () => undefined }
  const history = new History(memoriesIn(file, warn), run)
  return {
    take: (event) => history.take(event),
    finish() {
      try {
        // Another run may have written since: of every other registry its word counts.
        const { memories, warning } = readState(file)
        if (warning !== undefined) warn(`--state: ${warning}`)
        writeWholeFile(file, stateText(memories, history.memories), 0o600)
        return undefined
      } catch (error) {
        return `--state: cannot write ${file}: ${messageOf(error)}; the next run cannot report what is new`
      }
    },
  }
}

function memoriesIn(file: string, warn: (sentence: string) => void): ReturnType<typeof readState>['memories'] {
  try {
    const { memories, warning } = readState(file)
    if (warning !== undefined) warn(`--state: ${warning}`)
    return memories
  } catch (error) {
    warn(`--state: cannot read ${file}: ${messageOf(error)}; every finding counts as new`)
    return []
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
