import type { ScanEvent } from '../../check/events.ts'
import { History, type RunContext } from '../../state/history.ts'
import { readState, stateText } from '../../state/state-file.ts'
import { writeWholeFile } from '../files/whole-file.ts'

/** Compares this run with earlier ones. */
export interface RunHistory {
  /** The event with what earlier runs add to it, and events to report before it. */
  take(event: ScanEvent): Iterable<ScanEvent>
  /** @returns why the state could not be saved, if so */
  finish(): string | undefined
}

/**
 * Opens the state of earlier runs.
 *
 * @param file of `--state`; `undefined`: no state is kept
 * @param warn called if an unreadable state file was moved aside
 */
export function openHistory(file: string | undefined, run: RunContext, warn: (sentence: string) => void): RunHistory {
  if (file === undefined) return { take: (event) => [event], finish: () => undefined }
  const history = new History(memoriesIn(file, warn), run)
  return {
    take: (event) => history.take(event),
    finish() {
      try {
        // Another run may have written the file since. Its state of all other registries is kept.
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
