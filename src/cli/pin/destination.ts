import { readFileSync } from 'node:fs'
import { type EarlierPins, readHistory } from '../../references/pin/history.ts'
import { isOwnFile, type PinFormat } from '../../references/pin/written-pins.ts'
import { codeOf } from '../files/error-code.ts'
import type { OptionValues } from '../options/option-values.ts'

/** Where pins go. */
export type Destination =
  | { readonly is: 'stdout'; readonly format: PinFormat }
  | {
      readonly is: 'file'
      readonly format: PinFormat
      readonly path: string
      /** What the file has now. */
      readonly text: string | undefined
      /** Somebody wrote the file, so only the images in it may change. */
      readonly isForeign: boolean
    }
  /** Into the files of `--from`. */
  | { readonly is: 'in-place' }

/** A file that already has something else in it is never replaced. Of a kustomization only the images change. */
export function readDestination(
  {
    path,
    format,
    isInPlace,
  }: { readonly path: string | undefined; readonly format: PinFormat; readonly isInPlace: boolean },
  values: OptionValues,
  isOnlyRead: boolean,
): Destination {
  if (path === undefined) return isInPlace ? { is: 'in-place' } : { is: 'stdout', format }
  const text = isOnlyRead ? values.file('--write', path) : textAt(path, values)
  const isForeign = text !== undefined && !isOwnFile(text, format)
  if (isForeign && !isOnlyRead && format !== 'kustomize')
    values.problems.push(`--write: ${path} was not written by regfsck pin --format ${format}: choose another file`)
  return { is: 'file', format, path, text, isForeign }
}

function textAt(path: string, values: OptionValues): string | undefined {
  const { length } = values.problems
  // To read from a FIFO could take forever.
  if (values.place('--write', path) === undefined || values.problems.length > length) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      values.problems.push(`--write: cannot read ${path}: ${error instanceof Error ? error.message : ''}`)
    return undefined
  }
}

/** Where the earlier pins of a file are. */
export function historyPathOf(path: string): string {
  return `${path}.pins`
}

/** The earlier pins of a file, the newest first. */
export function readHistoryOf(path: string, values: OptionValues): readonly EarlierPins[] {
  const place = historyPathOf(path)
  try {
    return readHistory(readFileSync(place, 'utf8'))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      values.problems.push(`cannot read the earlier pins in ${place}: ${error instanceof Error ? error.message : ''}`)
    return []
  }
}
