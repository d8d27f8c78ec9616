/** The outside world of a command, so that tests can pass their own. */
export interface Io {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => Date
  /** Aborted by SIGINT or SIGTERM, with the signal's name as the reason. */
  readonly signal: AbortSignal
  /** Told that something cannot be ended: a call to a disk that does not answer, say. The end must not wait for it. */
  readonly onHang: () => void
  /** Calls back at each SIGHUP, which then no longer ends the process. */
  readonly onHangup?: (listener: () => void) => void
  /** The process that started this one to listen to it, if one did. */
  readonly parent?: Parent
}

export interface Parent {
  /** @returns when it has gone out; also where nobody listens any more */
  readonly tell: (message: object) => Promise<void>
  /** Aborted when nobody listens any more, with `SIGTERM` as the reason. */
  readonly gone: AbortSignal
}

export interface Stream {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
  /** Of a terminal, in characters. */
  readonly columns: number | undefined
}
