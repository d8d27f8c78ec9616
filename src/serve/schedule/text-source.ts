/** Gives a command the text that it reads from its standard input, anew for each run. */
export interface TextSource {
  readonly read: (signal: AbortSignal) => Promise<string>
  /** Call it when no run needs it any more. It may never have been read. */
  readonly stop: () => void
}
