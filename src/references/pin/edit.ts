/** A part of a text that is replaced. Nothing is replaced where it starts and ends at one offset. */
export interface Edit {
  /** UTF-16 offsets. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits that do not overlap. Of two at one offset the first comes first. All else stays as it is. */
export function edited(text: string, edits: readonly Edit[]): string {
  let at = 0
  let result = ''
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}
