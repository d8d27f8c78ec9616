import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Clock } from './clock.ts'

/** Milliseconds between two looks at a file. Kubernetes replaces mounted ones by a link: nobody tells of that. */
const EVERY = 5000

/**
 * Calls back when the bytes of a file are other than before.
 *
 * @param seen digest of the bytes that are known: taken before they were read, so that no change falls in between
 * @returns what ends it
 */
export function watchFile(file: string, seen: string, changed: () => void, clock: Clock): () => void {
  let known = seen
  let cancel: () => void = () => undefined
  const wait = (): void => {
    cancel = clock.after(EVERY, () => {
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

/** Of its bytes; empty where it cannot be read, or could be read only once, as a pipe. */
export function digestOf(file: string): string {
  try {
    if (!statSync(file).isFile()) return ''
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return ''
  }
}
