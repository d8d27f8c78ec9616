import type { Depth } from '../../check/rules.ts'
import type { TargetKind } from '../../check/target-kind.ts'
import type { Links } from '../../metrics/links.ts'

/** A scan that is repeated: one registry, one set of options. */
export interface Plan {
  readonly registry: string
  /** The name of this scan configuration; empty if the registry has only one. */
  readonly profile: string
  readonly target: string
  readonly depth: Depth
  /** Milliseconds from the start of one scan to the start of the next. */
  readonly interval: number
  /** Milliseconds after which a scan is stopped. */
  readonly deadline: number
  readonly kind: TargetKind
  readonly garbage: boolean
  readonly repositoriesAreNamed: boolean
  readonly legacyMetrics: boolean
  /** The number of repositories with their own series. */
  readonly worst: number
  readonly links: Links
  readonly looksAt: (repository: string) => boolean
  /** The command line of the scan, with the target. */
  readonly arguments: readonly string[]
}

/** Identifies a plan. */
export function planKey({ registry, profile }: Pick<Plan, 'registry' | 'profile'>): string {
  return `${registry}\n${profile}`
}

/** The settings that decide whether a plan has changed. */
export type PlanSettings = Pick<Plan, 'target' | 'interval' | 'arguments'>

/** Whether a plan is unchanged, so that its schedule and its results can be kept. */
export function isSamePlan(a: PlanSettings, b: PlanSettings): boolean {
  const isSameCommand = a.arguments.join('\n') === b.arguments.join('\n')
  return a.target === b.target && a.interval === b.interval && isSameCommand
}

/** The name of a plan for people: `private` or `private (deep)`. */
export function planName({ registry, profile }: Pick<Plan, 'registry' | 'profile'>): string {
  return profile === '' ? registry : `${registry} (${profile})`
}
