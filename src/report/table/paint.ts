export type Paint = (text: string) => string

export interface Ink {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly yellow: Paint
  readonly green: Paint
}

/** Terminal colours, or plain text. */
export function ink(color: boolean): Ink {
  const paint =
    (on: number, off: number): Paint =>
    (text) =>
      color ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), yellow: paint(33, 39), green: paint(32, 39) }
}
