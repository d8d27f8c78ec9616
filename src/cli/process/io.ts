/** The outside world of a command, so that tests can pass their own. */
export interface Io {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => Date
  /** Aborted by SIGINT or SIGTERM, with the signal's name as the reason. */
  readonly signal: AbortSignal
  /** Called if something cannot be ended, such as a call to a disk that does not answer. The exit must not wait for it. */
  readonly onStuckThread: () => void
  /** Calls back at each SIGHUP, which then no longer ends the process. */
  readonly onHangup?: (listener: () => void) => void
  /** The parent process, if it reads messages from this one. */
  readonly parent?: Parent
}

/** The parent process, reached over IPC. */
export interface Parent {
  /** @returns when the message is sent, or if the parent no longer listens */
  readonly send: (message: object) => Promise<void>
  /** Aborted when the parent no longer listens, with `SIGTERM` as the reason. */
  readonly gone: AbortSignal
}

/** An output stream such as stdout. */
export interface Stream {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
  /** The width of a terminal in characters. */
  readonly columns: number | undefined
}
