/** A place in a file where an image is named, and what needs it there. */
export interface Use {
  /** As the user named the file; `-` is standard input. Without a line: the cluster that was read. */
  readonly file: string
  /** From 1; 0 if no file names it, but a cluster. */
  readonly line: number
  readonly column: number
  /** Such as `service web` or `Deployment shop/web, container app`. */
  readonly by: string
}
