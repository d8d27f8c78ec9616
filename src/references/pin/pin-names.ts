import type { Pins } from './history.ts'
import type { WrittenPin } from './written-pins.ts'

/** Pins of one file before and after a change, by names that tell them apart. */
export interface NamedPins {
  readonly before: Pins
  readonly after: Pins
  readonly nameOf: (pin: WrittenPin) => string
}

/**
 * Names pins, so that no pin hides another. The name is what is pinned; where one tag has several digests in a file, also who
 * is pinned or, if the file does not say, to which digest.
 */
export function namedPins(before: readonly WrittenPin[], after: readonly WrittenPin[]): NamedPins {
  const shared = new Set([before, after].flatMap(keysWithSeveralDigests))
  const nameOf = (pin: WrittenPin): string => (shared.has(pin.key) ? nameAmongSeveral(pin) : pin.key)
  const named = (pins: readonly WrittenPin[]): Pins => new Map(pins.map((pin) => [nameOf(pin), pin.digest]))
  return { before: named(before), after: named(after), nameOf }
}

/** The earlier digest of a use. */
export function earlierPin(
  pins: Pins,
  { key, usedBy }: { readonly key: string; readonly usedBy: string },
): string | undefined {
  return pins.get(nameAmongSeveral({ key, usedBy, digest: '' })) ?? pins.get(key)
}

/** Whether there are earlier digests of a tag, of which nobody knows who had which. */
export function isAmbiguous(pins: Pins, key: string): boolean {
  return [...pins].some(([name, digest]) => name === nameAmongSeveral({ key, digest }))
}

function nameAmongSeveral({ key, usedBy, digest }: WrittenPin): string {
  return `${key} (${usedBy ?? digest})`
}

function keysWithSeveralDigests(pins: readonly WrittenPin[]): readonly string[] {
  const digests = new Map<string, Set<string>>()
  for (const { key, digest } of pins) digests.set(key, (digests.get(key) ?? new Set()).add(digest))
  return [...digests].flatMap(([key, { size }]) => (size > 1 ? [key] : []))
}
