/** Told of every request to a registry and to whoever it leads to, for those who count them. */
export interface Traffic {
  /**
   * @param status of the answer; `undefined` where there was none
   * @param milliseconds from when it was to be sent to the end of its answer
   */
  readonly answered: (status: number | undefined, milliseconds: number) => void
  /** The same question is asked again. */
  readonly retried: () => void
}
