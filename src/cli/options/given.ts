/** The parts of a commander command that say which options were given, and where. */
export interface Given {
  readonly options: readonly { name(): string; attributeName(): string }[]
  opts(): Readonly<Record<string, unknown>>
  getOptionValueSource(name: string): unknown
}
