import { composeOverride } from '../../references/pin/compose-override.ts'
import { envFile } from '../../references/pin/env-file.ts'
import type { Pins } from '../../references/pin/history.ts'
import { pinInPlace } from '../../references/pin/in-place.ts'
import { editKustomization } from '../../references/pin/kustomization-edit.ts'
import { kustomizeComponent } from '../../references/pin/kustomize.ts'
import { pinList, pinsAsJson } from '../../references/pin/pin-list.ts'
import { MARK, type PinnedUse, type PinText } from '../../references/pin/pinned-use.ts'
import { type PinFormat, pinsIn } from '../../references/pin/written-pins.ts'
import type { PinRequest } from './pin-request.ts'

/** A file, and what it is to become. */
export interface FileChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string
  readonly pinsBefore: Pins
  readonly pinsAfter: Pins
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
      return [{ path, before, after, pinsBefore: pinsIn(before ?? '', format), pinsAfter: pinsIn(after, format) }]
    }
    case 'in-place': {
      const files = pinInPlace(uses, texts)
      return [...files].map(([path, after]) => {
        const inFile = targets.filter(({ reference }) => reference.place.file === path)
        return {
          path,
          before: texts.get(path),
          after,
          pinsBefore: new Map(inFile.flatMap(({ key, pinned }) => (pinned === undefined ? [] : [[key, pinned]]))),
          pinsAfter: new Map(uses.filter(({ place }) => place.file === path).map(({ key, digest }) => [key, digest])),
        }
      })
    }
  }
}
