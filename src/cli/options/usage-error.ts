/** The operator's words are wrong; nothing was scanned. */
export class UsageError extends Error {
  /** One line for each. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'UsageError'
    this.problems = problems
  }
}
