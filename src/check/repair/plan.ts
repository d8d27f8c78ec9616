import type { Finding } from '../findings/finding.ts'
import { commandOf } from './commands.ts'
import type { RepairPlace } from './place.ts'
import type { Remedy, RepairAction } from './remedy.ts'
import { remedyOf } from './remedy-of.ts'
import { inOrder, keyOf, type RepairStep, restores } from './step.ts'

/** How to repair a finding. Commands are printed, never run. */
export interface Repair {
  readonly action: RepairAction
  readonly why: string
  /** Shell lines, part of the plan of the whole target. See `commandOf` for the variables that they use. */
  readonly commands: readonly string[]
}

/** All steps that repair one target, in an order that works. */
export interface RepairPlan {
  readonly place: Pick<RepairPlace, 'kind' | 'depth' | 'pullThrough' | 'url' | 'quarantine'>
  readonly steps: readonly PlannedStep[]
  /** Errors that no step of the plan repairs. */
  readonly beyond: readonly Finding[]
}

/** One step of a plan. */
export interface PlannedStep {
  readonly step: RepairStep
  readonly command: string
  /** The findings that it repairs. */
  readonly repairs: readonly Finding[]
}

/** Maximum tags of one finding whose commands are printed beside it. The plan has all of them. */
const MOST_TAGS = 5

/** Plans the repair of a target from all its findings. */
export class RepairPlanner {
  readonly #place: RepairPlace
  readonly #steps = new Map<string, { readonly step: RepairStep; readonly repairs: Finding[] }>()
  readonly #checks = new Map<string, RepairStep>()
  readonly #beyond: Finding[] = []

  constructor(place: RepairPlace) {
    this.#place = place
  }

  /** Adds a finding to the plan. @returns its part of the plan */
  add(finding: Finding): Repair {
    const remedy = remedyOf(finding, this.#place)
    if (remedy.steps.length === 0) {
      if (finding.severity === 'error') this.#beyond.push(finding)
      return { action: remedy.action, why: remedy.why, commands: [] }
    }
    for (const step of withRestart(remedy.steps)) {
      const known = this.#steps.get(keyOf(step))
      if (known) known.repairs.push(finding)
      else this.#steps.set(keyOf(step), { step, repairs: [finding] })
    }
    for (const step of checksOf(finding, finding.tags)) this.#checks.set(keyOf(step), step)
    return { action: remedy.action, why: remedy.why, commands: this.#commandsBeside(finding, remedy) }
  }

  plan(): RepairPlan {
    const broken = new Set(this.#beyond.flatMap((finding) => finding.tags.map((tag) => tagKey(finding, tag))))
    const planned = new Map(this.#steps)
    for (const step of this.#checks.values())
      if (!broken.has(keyOf(step))) planned.set(keyOf(step), { step, repairs: [] })
    const ordered = inOrder([...planned.values()].map(({ step }) => step))
    const { kind, depth, pullThrough, url, quarantine } = this.#place
    return {
      place: { kind, depth, pullThrough, url, quarantine },
      steps: ordered.map((step) => ({
        step,
        command: commandOf(step, this.#place),
        repairs: planned.get(keyOf(step))?.repairs ?? [],
      })),
      beyond: this.#beyond,
    }
  }

  #commandsBeside(finding: Finding, { steps }: Remedy): readonly string[] {
    const tags = finding.tags.slice(0, MOST_TAGS)
    const isShown = (step: RepairStep): boolean =>
      (step.does !== 'copy' && step.does !== 'save') || step.tag === undefined || tags.includes(step.tag)
    const shown = inOrder([...withRestart(steps.filter(isShown)), ...checksOf(finding, tags)])
    const rest = finding.tags.length - tags.length
    const more = rest > 0 ? [`# and ${rest} more tags: --output repair lists all`] : []
    return [...shown.map((step) => commandOf(step, this.#place)), ...more]
  }
}

/** Merges plans for the same place, for example of several images of one registry. */
export function mergedPlan(plans: readonly [RepairPlan, ...RepairPlan[]]): RepairPlan {
  const planned = new Map<string, PlannedStep>()
  for (const step of plans.flatMap(({ steps }) => steps)) {
    const known = planned.get(keyOf(step.step))
    const repairs = [...(known?.repairs ?? []), ...step.repairs]
    planned.set(keyOf(step.step), { ...step, repairs })
  }
  return {
    place: plans[0].place,
    steps: inOrder([...planned.values()].map(({ step }) => step)).flatMap((step) => planned.get(keyOf(step)) ?? []),
    beyond: plans.flatMap(({ beyond }) => beyond),
  }
}

function withRestart(steps: readonly RepairStep[]): readonly RepairStep[] {
  return steps.some((step) => restores(step) || step.does === 'quarantine') ? [...steps, { does: 'restart' }] : steps
}

/** A file among the tags is no longer listed once it is moved, so there is no tag to check. */
function checksOf({ repository, evidence }: Finding, tags: readonly string[]): RepairStep[] {
  return repository === undefined || evidence.tagIs === 'a file'
    ? []
    : tags.map((tag) => ({ does: 'check', repository, tag }))
}

function tagKey({ repository = '' }: Finding, tag: string): string {
  return keyOf({ does: 'check', repository, tag })
}
