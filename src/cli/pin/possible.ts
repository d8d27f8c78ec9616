import { whyNotInPlace } from '../../references/pin/in-place.ts'
import type { LeftOut } from '../../references/read.ts'
import type { OptionValues } from '../options/option-values.ts'
import { type Candidate, type Candidates, leftOut } from './candidates.ts'
import type { Destination } from './destination.ts'
import type { PinMode } from './pin-words.ts'

/** What can be pinned there, and what was left out for that. */
export interface Possible extends Candidates {
  readonly leftOut: readonly LeftOut[]
}

/** Leaves out what an override of compose cannot set. What cannot be changed in place is a problem. */
export function requirePossible(
  candidates: Candidates,
  how: {
    readonly destination: Destination
    readonly mode: PinMode
    /** Whether pins that are there already may change. */
    readonly isMoving: boolean
    readonly texts: ReadonlyMap<string, string>
  },
  values: OptionValues,
): Possible {
  const { destination, mode, isMoving, texts } = how
  if (destination.is !== 'in-place') {
    const isOverride = destination.format === 'compose' && (mode !== 'check' || destination.is === 'file')
    return isOverride ? onlyServices(candidates) : { ...candidates, leftOut: [] }
  }
  for (const { reference, digest } of mode === 'check' ? [] : candidates.taken) {
    if (digest !== undefined && !isMoving) continue
    const because = whyNotInPlace(reference, texts, candidates.others)
    const { file, line } = reference.place
    if (because !== undefined)
      values.problems.push(
        `${file}:${line}: ${reference.usedBy} cannot be pinned in place: ${because}. Pin it in a file of its own (--write), or leave it out (--exclude)`,
      )
  }
  return { ...candidates, leftOut: [] }
}

function onlyServices(candidates: Candidates): Possible {
  const isService = ({ service }: Candidate): boolean => service !== undefined
  const others = candidates.taken.filter((candidate) => !isService(candidate))
  const because = 'an override of compose can only set the image of a service'
  return {
    ...candidates,
    taken: candidates.taken.filter(isService),
    leftOut: others.map((candidate) => leftOut(candidate, because)),
  }
}
