import { needsOf } from '../../references/needs.ts'
import type { EarlierPins, Pins } from '../../references/pin/history.ts'
import { earlierPin } from '../../references/pin/pin-names.ts'
import { pinnedText } from '../../references/pin/pinned-use.ts'
import { pinFor, pinsIn } from '../../references/pin/written-pins.ts'
import type { UnknownReference } from '../../references/reference.ts'
import type { Wanted } from '../check/wanted.ts'
import { type Candidate, type Candidates, useKey } from './candidates.ts'
import type { Destination } from './destination.ts'
import type { PinMode } from './pin-words.ts'

/** A candidate, and what is asked for. */
export interface PinTarget extends Candidate {
  /** The digest that must still be there; without one, whatever the tag is now. */
  readonly asked: string | undefined
  /** The digest that is pinned now: in its own file, or in the file for pins. */
  readonly pinned: string | undefined
  /** The index of its image among those that are checked; `undefined` if it is not checked. */
  readonly image: number | undefined
}

/** What is checked before anything is written. */
export interface PinTargets {
  readonly targets: readonly PinTarget[]
  readonly images: readonly Wanted[]
  readonly unknown: readonly UnknownReference[]
}

/** What decides which digests are asked for. */
export interface Asking {
  readonly mode: PinMode
  readonly destination: Destination
  readonly histories: ReadonlyMap<string, readonly EarlierPins[]>
  readonly platform: string | undefined
  /** Whether tags decide, even where a file names a digest. */
  readonly isUpdate: boolean
}

/** Decides what is asked for. Uses of one image are one question. */
export function askFor({ taken, unknown }: Candidates, how: Asking): PinTargets {
  const { destination } = how
  const written = destination.is === 'file' ? pinsIn(destination.text ?? '', destination.format) : undefined
  const asked = taken.map((candidate) => {
    const { key, digest, user } = candidate
    const pinned = written === undefined ? digest : pinFor({ key, digest, usedBy: user }, written)
    return { ...candidate, pinned, asked: askedFor(candidate, pinned, how) }
  })
  const questions = how.mode === 'check' ? asked.filter(({ pinned }) => pinned !== undefined) : asked
  const images = questions.map(({ reference, key, asked: digest }) => ({
    ...reference,
    image: digest === undefined ? key : pinnedText({ key, digest }),
  }))
  const needs = needsOf({ images, unknown, unreadable: [] }, how.platform)
  const numbers = new Map(
    needs.images.flatMap(({ uses }, n) => uses.map(({ by, ...place }) => [useKey({ place, usedBy: by }), n] as const)),
  )
  const numberOf = ({ reference }: Candidate): number | undefined => numbers.get(useKey(reference))
  return {
    targets: asked.map((target) => ({ ...target, image: numberOf(target) })),
    images: needs.images.map((need) => ({
      ...need.reference,
      text: need.text,
      platform: need.platform,
      need,
    })),
    unknown: needs.unknown,
  }
}

function askedFor(candidate: Candidate, pinned: string | undefined, how: Asking): string | undefined {
  const { mode, destination, histories, isUpdate } = how
  const hasTag = candidate.key.lastIndexOf(':') > candidate.key.lastIndexOf('/')
  switch (mode) {
    case 'check':
      return pinned
    case 'pin':
      return isUpdate && hasTag ? undefined : candidate.digest
    case 'rollback': {
      const file = destination.is === 'file' ? destination.path : candidate.reference.place.file
      const before: Pins | undefined = histories.get(file)?.[0]?.pins
      return (before && earlierPin(before, { ...candidate, usedBy: candidate.user })) ?? pinned ?? candidate.digest
    }
  }
}
