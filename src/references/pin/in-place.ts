import type { ImageReference } from '../reference.ts'
import { type Edit, edited } from './edit.ts'
import { type PinnedUse, pinnedText } from './pinned-use.ts'

/** A reference that is not pinned. */
export type OtherUse = Pick<ImageReference, 'place' | 'span' | 'usedBy'>

/**
 * Why a reference cannot be pinned where it stands, as the end of a sentence. In a file with variables the digest would
 * replace them, and an anchor gives its text to keys that may be no images.
 *
 * @param texts of the files, by name
 * @param others references that are not to be pinned
 */
export function whyNotInPlace(
  { place: { file }, span }: OtherUse,
  texts: ReadonlyMap<string, string>,
  others: readonly OtherUse[],
): string | undefined {
  const text = texts.get(file)
  if (file === '-' || text === undefined) return 'standard input cannot be changed'
  if (span === undefined) return 'its text has variables, or is not written on one line as it is'
  const before = text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start)
  if (ANCHOR.test(before)) return 'its text has an anchor, and other keys may use it'
  const shared = others.find((other) => other.place.file === file && other.span?.start === span.start)
  return shared && `it is the image of ${shared.usedBy} too, which is left out`
}

/** An anchor of the text that follows, perhaps with a tag. */
const ANCHOR = /(?:^|[\s,[{:-])&[^\s,[\]{}]+(?:\s+![^\s,[\]{}]*)?\s+["']?$/

/** The files that change, by name. Only the texts that name images change in them. */
export function pinInPlace(
  uses: readonly PinnedUse[],
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const edits = new Map<string, Map<number, Edit>>()
  for (const use of uses) {
    const { span, place } = use
    if (span === undefined) continue
    const inFile = edits.get(place.file) ?? new Map<number, Edit>()
    edits.set(place.file, inFile.set(span.start, { ...span, text: pinnedText(use) }))
  }
  return new Map([...edits].map(([file, inFile]) => [file, edited(texts.get(file) ?? '', [...inFile.values()])]))
}
