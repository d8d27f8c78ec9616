import type { Depth } from '../../check/rules.ts'
import type { Links } from '../../metrics/links.ts'

/** One way of looking at one registry, again and again. */
export interface Plan {
  readonly registry: string
  /** Empty where the registry is looked at in one way only. */
  readonly profile: string
  readonly target: string
  readonly depth: Depth
  /** Milliseconds from the start of a scan to that of the next. */
  readonly interval: number
  /** Milliseconds after which a scan is stopped. */
  readonly deadline: number
  /** Whether it reads files, which takes all processors. */
  readonly readsStorage: boolean
  readonly garbage: boolean
  readonly repositoriesAreNamed: boolean
  readonly legacyMetrics: boolean
  /** Repositories with a series of their own. */
  readonly worst: number
  readonly links: Links
  readonly looksAt: (repository: string) => boolean
  /** Of the command line that does such a scan; the target among them. */
  readonly arguments: readonly string[]
}

/** What a plan is known by, beside its name for people. */
export function keyOf({ registry, profile }: Pick<Plan, 'registry' | 'profile'>): string {
  return `${registry}\n${profile}`
}

/** What makes two plans of one name the same. */
export type PlanWords = Pick<Plan, 'target' | 'interval' | 'arguments'>

export function isSame(a: PlanWords, b: PlanWords): boolean {
  return a.interval === b.interval && a.arguments.join('\n') === b.arguments.join('\n')
}

/** A plan's name for people: `private` or `private (deep)`. */
export function nameOf({ registry, profile }: Pick<Plan, 'registry' | 'profile'>): string {
  return profile === '' ? registry : `${registry} (${profile})`
}
