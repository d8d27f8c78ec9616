import type { Place, Span } from '../reference.ts'

/** A reference in a file, and the digest that it gets. */
export interface PinnedUse {
  /** What it names without the digest, with its tag: `registry.example.com/app:1.4`. */
  readonly key: string
  readonly digest: string
  /** For people: `service web`. */
  readonly usedBy: string
  readonly place: Place
  /** The service of a compose file whose image it is. */
  readonly service?: string
  /** The text in the file that names the image, if it stands there as it is. */
  readonly span?: Span
}

/** A text with pins, or why the pins cannot be written in this form, as a sentence. */
export type PinText = { readonly text: string } | { readonly because: string }

/** The first line of a file that holds nothing but pins. */
export const MARK = '# Written by regfsck pin. The next run replaces this file.\n'

/** The image as it is written where it is pinned: the tag is for people, the digest decides. */
export function pinnedText({ key, digest }: Pick<PinnedUse, 'key' | 'digest'>): string {
  return `${key}@${digest}`
}

/** Each pin once, in the order of the files. */
export function distinctPins(uses: readonly PinnedUse[]): readonly Pick<PinnedUse, 'key' | 'digest'>[] {
  return [...new Map(uses.map(({ key, digest }) => [pinnedText({ key, digest }), { key, digest }])).values()]
}
