import type { GcBreakage, GcRun } from '../outcome.ts'
import type { Preview } from './preview.ts'

/** A tag or a digest that would break, with all collections that break it. */
export interface BrokenImage {
  /** What the first of them breaks: of several, the worst. */
  readonly breakage: GcBreakage
  readonly runs: readonly GcRun[]
  /** Who needs it, as far as the files of `--from` say. */
  readonly usedBy: readonly string[]
}

/** Every image that any collection would break, each once: deployed ones first, then tags, then digests. */
export function brokenImages({ collections }: Pick<Preview, 'collections'>): readonly BrokenImage[] {
  const images = new Map<string, { breakage: GcBreakage; runs: GcRun[]; usedBy: Set<string> }>()
  for (const { outcome, broken, deployed } of collections) {
    const users = new Map<GcBreakage, string[]>()
    for (const { image, breakage } of deployed) users.set(breakage, [...(users.get(breakage) ?? []), ...image.usedBy])
    for (const breakage of broken) {
      const key = JSON.stringify([breakage.repository, breakage.tag, breakage.tag === undefined && breakage.digest])
      const known = images.get(key) ?? { breakage, runs: [], usedBy: new Set() }
      if (rankOf(breakage) < rankOf(known.breakage)) known.breakage = breakage
      known.runs.push(outcome.run)
      for (const user of users.get(breakage) ?? []) known.usedBy.add(user)
      images.set(key, known)
    }
  }
  const all = [...images.values()].map(({ breakage, runs, usedBy }) => ({ breakage, runs, usedBy: [...usedBy] }))
  return [
    ...all.filter(({ usedBy }) => usedBy.length > 0),
    ...all.filter(({ usedBy, breakage: { tag } }) => usedBy.length === 0 && tag !== undefined),
    ...all.filter(({ usedBy, breakage: { tag } }) => usedBy.length === 0 && tag === undefined),
  ]
}

function rankOf({ becomes }: GcBreakage): number {
  return ['gone', 'unpullable', 'degraded'].indexOf(becomes)
}
