import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BIN } from './run.ts'

/** A command that does what the built `regfsck` does, without the start of a process of Node for each call. */
export interface WarmRegfsck {
  /** An executable. */
  readonly command: string
  stop(): Promise<void>
}

const PROCESS = fileURLToPath(new URL('./warm-process.mjs', import.meta.url))

/**
 * Start one process that has the built code loaded, and write a command that hands its arguments to it.
 *
 * What the process does itself is not the same: signals, `NODE_EXTRA_CA_CERTS`, the directory that it is called in.
 *
 * @param directory for the socket and the command
 */
export async function startWarmRegfsck(directory: string): Promise<WarmRegfsck> {
  const [socket, command] = [join(directory, 'socket'), join(directory, 'regfsck')]
  const child = fork(PROCESS, [BIN, socket], { execArgv: [] })
  const gone = once(child, 'exit')
  await Promise.race([
    once(child, 'message'),
    gone.then(([code]) => {
      throw new Error(`the process ended with ${String(code)} before it listened`)
    }),
  ])
  const call = `curl -qsS --unix-socket '${socket}' --data-binary @- http://regfsck/`
  writeFileSync(command, `#!/bin/sh\nexit "$(printf '%s\\0' "$$" "$@" | ${call})"\n`)
  chmodSync(command, 0o755)
  return {
    command,
    stop: async () => {
      child.disconnect()
      await gone
    },
  }
}
