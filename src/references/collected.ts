import type { ImageReference, ReferencesRead, UnknownReference, UnreadableFile } from './reference.ts'

/** What a reader has found so far. */
export class Collected implements ReferencesRead {
  readonly images: ImageReference[] = []
  readonly unknown: UnknownReference[] = []
  readonly unreadable: UnreadableFile[] = []

  /** Adds all that another reader found. */
  addAll(read: ReferencesRead): void {
    for (const image of read.images) this.images.push(image)
    for (const unknown of read.unknown) this.unknown.push(unknown)
    for (const unreadable of read.unreadable) this.unreadable.push(unreadable)
  }
}
