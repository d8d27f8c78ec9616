/** As much of a command of commander's as tells what is given, and where. */
export interface Given {
  readonly options: readonly { name(): string; attributeName(): string }[]
  opts(): Readonly<Record<string, unknown>>
  getOptionValueSource(name: string): unknown
}
