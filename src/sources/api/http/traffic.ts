/** Observes every request to a registry, and to hosts that it redirects to. */
export interface Traffic {
  /**
   * @param status `undefined` if there was no response
   * @param milliseconds from sending, or waiting for a free connection, to the end of the response
   */
  readonly answered: (status: number | undefined, milliseconds: number) => void
  /** A request is sent again. */
  readonly retried: () => void
}
