/** A place in a file where an image is named, and what needs it there. */
export interface Use {
  /** As the user named the file; `-` is standard input. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Such as `service web` or `Deployment shop/web, container app`. */
  readonly by: string
}
