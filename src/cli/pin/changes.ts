import { composeOverride } from '../../references/pin/compose-override.ts'
import { envFile } from '../../references/pin/env-file.ts'
import { pinInPlace } from '../../references/pin/in-place.ts'
import { editKustomization } from '../../references/pin/kustomization-edit.ts'
import { kustomizeComponent } from '../../references/pin/kustomize.ts'
import { pinList, pinsAsJson } from '../../references/pin/pin-list.ts'
import { type NamedPins, namedPins } from '../../references/pin/pin-names.ts'
import { MARK, type PinnedUse, type PinText } from '../../references/pin/pinned-use.ts'
import { type PinFormat, pinsIn, type WrittenPin } from '../../references/pin/written-pins.ts'
import { useKey } from './candidates.ts'
import type { PinRequest } from './pin-request.ts'

/** A file, and what it is to become. */
export interface FileChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string
  readonly pins: NamedPins
  /** The name of a use among these pins. */
  readonly nameOf: (use: PinnedUse) => string
}

/** The pins as a text for stdout. */
export function textOf(uses: readonly PinnedUse[], format: PinFormat): PinText {
  switch (format) {
    case 'compose':
      return composeOverride(uses)
    case 'kustomize':
      return kustomizeComponent(uses)
    case 'list':
      return pinList(uses)
    case 'json':
      return pinsAsJson(uses)
    case 'env':
      return envFile(uses)
  }
}

/**
 * The files that hold the pins, as they are to become.
 *
 * @returns a sentence if the pins cannot be written there
 */
export function changesFor(
  uses: readonly PinnedUse[],
  { destination, texts, targets }: PinRequest,
): readonly FileChange[] | string {
  switch (destination.is) {
    case 'stdout':
      return []
    case 'file': {
      const { path, format, text: before } = destination
      const made = destination.isForeign ? editKustomization(before ?? '', uses) : textOf(uses, format)
      if ('because' in made) return `${path}: ${made.because}`
      const after = format === 'list' || format === 'env' ? MARK + made.text : made.text
      const pins = namedPins(pinsIn(before ?? '', format), pinsIn(after, format))
      const hasUsers = format === 'compose'
      return [{ path, before, after, pins, nameOf: (use) => pins.nameOf(hasUsers ? use : withoutUser(use)) }]
    }
    case 'in-place': {
      const files = pinInPlace(uses, texts)
      return [...files].map(([path, after]) => {
        const inFile = targets.filter(({ reference }) => reference.place.file === path)
        const users = new Map(inFile.map(({ reference, user }) => [useKey(reference), user]))
        const written = (use: PinnedUse): WrittenPin => ({ ...use, usedBy: users.get(useKey(use)) ?? use.usedBy })
        const pins = namedPins(
          inFile.flatMap(({ key, pinned, user }) =>
            pinned === undefined ? [] : [{ key, digest: pinned, usedBy: user }],
          ),
          uses.filter(({ place }) => place.file === path).map(written),
        )
        return { path, before: texts.get(path), after, pins, nameOf: (use) => pins.nameOf(written(use)) }
      })
    }
  }
}

function withoutUser({ key, digest }: PinnedUse): WrittenPin {
  return { key, digest }
}
