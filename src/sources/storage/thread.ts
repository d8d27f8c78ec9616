import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'

/**
 * A thread works for a second or two, and each compiles for itself: with all of V8's optimizations that took a fifth of
 * the processors' time in a scan of the reference tree.
 */
const SHORT_LIVED: readonly string[] = ['--no-turbo-inlining', '--max-optimized-bytecode-size=400']

let early: Worker | undefined

/**
 * Starts a thread before its work is known. To start one takes as long as to load the code of a scan, so both are done
 * at the same time. It does not keep the process running.
 */
export function startThreadEarly(): void {
  const thread = newThread()
  const forget = (): void => {
    if (early === thread) early = undefined
  }
  thread.once('error', forget).once('exit', forget).unref()
  early = thread
}

/** The thread that was started early, the first time; else a new one. */
export function takeThread(): Worker {
  const thread = early ?? newThread()
  early = undefined
  thread.ref()
  return thread
}

function newThread(): Worker {
  for (const flag of SHORT_LIVED) setFlagsFromString(flag)
  return new Worker(new URL('./worker.js', import.meta.url), {
    // Every file is closed where it was opened; keeping a list of them is work for each.
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  })
}
