import { partsOf } from '../image-parts.ts'
import { distinctPins, type PinnedUse, type PinText, pinnedText } from './pinned-use.ts'

/** One pinned reference a line, each once. */
export function pinList(uses: readonly PinnedUse[]): PinText {
  return {
    text: distinctPins(uses)
      .map((pin) => `${pinnedText(pin)}\n`)
      .join(''),
  }
}

/** All pins and who uses them, for programs. */
export function pinsAsJson(uses: readonly PinnedUse[]): PinText {
  const images = distinctPins(uses).map((pin) => {
    const { name, tag } = partsOf(pinnedText(pin))
    const users = uses.filter((use) => pinnedText(use) === pinnedText(pin))
    const usedBy = users.map(({ place: { file, line }, usedBy: by }) => ({ file, line, by }))
    return { image: pinnedText(pin), name, ...(tag !== undefined && { tag }), digest: pin.digest, usedBy }
  })
  return { text: `${JSON.stringify({ schemaVersion: 1, writtenBy: 'regfsck pin', images }, undefined, 2)}\n` }
}
