const COLOR = /\u001b\[\d+m/g

/** Break a text at spaces into lines of at most `columns` characters; a longer word stands alone. Colours count nothing. */
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

/** The first few of a list, and how many more there are. */
export function some(items: readonly string[], most: number): string {
  const more = items.length - most
  return more <= 0 ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${more} more`
}

/** `1 tag`, `2 tags`. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

function width(text: string): number {
  return text.includes('\u001b') ? text.replace(COLOR, '').length : text.length
}
