import type { Place } from './reference.ts'

/** Finds the line and the column of an offset in a text. Line ends are `\n`, `\r\n` and `\r`. */
export class Lines {
  readonly #file: string
  /** The offset of the first unit of each line. */
  readonly #starts: readonly number[]

  constructor(file: string, text: string) {
    this.#file = file
    this.#starts = text.includes('\r') ? startsIn(text) : startsBehindLineFeeds(text)
  }

  /** @param offset in UTF-16 units */
  at(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.#file, line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 }
  }

  /** The offset of a line and column, both from 0, in UTF-16 units. */
  offsetOf(line: number, column: number): number {
    return (this.#starts[line] ?? 0) + column
  }
}

function startsIn(text: string): readonly number[] {
  const starts = [0]
  for (const { index, 0: end } of text.matchAll(/\r\n?|\n/g)) starts.push(index + end.length)
  return starts
}

/** Many times as fast; a file can have a million lines. */
function startsBehindLineFeeds(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
