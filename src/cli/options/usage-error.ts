/** The command line or configuration is wrong; nothing was scanned. */
export class UsageError extends Error {
  /** One line for each problem. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'UsageError'
    this.problems = problems
  }
}
