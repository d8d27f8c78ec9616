import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Clock } from './clock.ts'

/** Milliseconds between two checks. Polling, because Kubernetes replaces a mounted file by swapping a symlink, for which no event comes. */
const POLL_INTERVAL = 5000

/**
 * Calls back when the content of a file changes.
 *
 * @param seen digest of the content that is in use; take it before reading the file, so that no change is missed
 * @returns a function that stops watching
 */
export function watchFile(file: string, seen: string, changed: () => void, clock: Clock): () => void {
  let known = seen
  let cancel: () => void = () => undefined
  const wait = (): void => {
    cancel = clock.after(POLL_INTERVAL, () => {
      const now = digestOf(file)
      if (now !== known) changed()
      known = now
      wait()
    })
  }
  wait()
  return () => {
    cancel()
  }
}

/** SHA-256 of a file. Empty if it cannot be read, or if it is a pipe, which can be read only once. */
export function digestOf(file: string): string {
  try {
    if (!statSync(file).isFile()) return ''
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return ''
  }
}
