import { styleText } from 'node:util'

/** Functions that color a text for a terminal. */
export type Colors = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow' | 'green', (text: string) => string>>

/** How the lines of a table are written. */
export interface TableLayout {
  readonly columns: number
  readonly colors: Colors
  /** The flag that gives more than a table: `--output`, or a command that has it. */
  readonly outputFlag: string
}

/** Terminal colors, or functions that return the text as it is. */
export function colorsFor(enabled: boolean): Colors {
  // The caller decides on colors; styleText would check stdout, even if the report goes to stderr.
  const color = (format: keyof Colors) => (text: string) =>
    enabled ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: color('bold'),
    dim: color('dim'),
    red: color('red'),
    yellow: color('yellow'),
    green: color('green'),
  }
}
