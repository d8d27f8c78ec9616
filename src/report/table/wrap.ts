const COLOR = /\u001b\[\d+m/g

/** Breaks text at spaces into lines of at most `columns` characters. A longer word gets its own line. Color codes have no width. */
export function wrap(text: string, columns: number, indent: string, first: string = indent): string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = indent
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}

function width(text: string): number {
  return text.includes('\u001b') ? text.replace(COLOR, '').length : text.length
}
