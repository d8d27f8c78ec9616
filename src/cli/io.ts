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
}

export interface Stream {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
  /** Of a terminal, in characters. */
  readonly columns: number | undefined
}
