import { isDigest } from '../../oci/digest.ts'

/** Digests by what they pin. */
export type Pins = ReadonlyMap<string, string>

/** Pins that a file had before. */
export interface EarlierPins {
  /** ISO 8601. */
  readonly replacedAt: string
  readonly pins: Pins
}

/**
 * Reads what {@link historyText} wrote.
 *
 * @throws {Error} if it is something else
 */
export function readHistory(text: string): readonly EarlierPins[] {
  const read: unknown = JSON.parse(text)
  if (!isRecord(read) || read['schemaVersion'] !== 1 || !Array.isArray(read['earlier']))
    throw new Error('it is not a list of earlier pins')
  return read['earlier'].map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry['replacedAt'] !== 'string' || !isRecord(entry['pins']))
      throw new Error('an entry is not a set of pins')
    return { replacedAt: entry['replacedAt'], pins: new Map(Object.entries(entry['pins']).map(checkedPin)) }
  })
}

function checkedPin([key, digest]: readonly [string, unknown]): readonly [string, string] {
  if (typeof digest !== 'string' || !isDigest(digest)) throw new Error(`the pin of ${JSON.stringify(key)} is no digest`)
  return [key, digest]
}

/** The earlier pins as a file, the newest first. */
export function historyText(earlier: readonly EarlierPins[]): string {
  const entries = earlier.map(({ replacedAt, pins }) => ({ replacedAt, pins: Object.fromEntries(pins) }))
  return `${JSON.stringify({ schemaVersion: 1, writtenBy: 'regfsck pin', earlier: entries }, undefined, 2)}\n`
}

/** The earlier pins after a change. Where no pin moved or went away, there is nothing to remember. */
export function historyAfter(
  earlier: readonly EarlierPins[],
  change: { readonly before: Pins; readonly after: Pins; readonly now: string; readonly keep: number },
): readonly EarlierPins[] {
  const { before, after, now, keep } = change
  const isSame = [...before].every(([key, digest]) => after.get(key) === digest)
  return isSame ? earlier : [{ replacedAt: now, pins: before }, ...earlier].slice(0, keep)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
