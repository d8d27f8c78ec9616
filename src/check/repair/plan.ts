import type { Finding } from '../findings/finding.ts'
import { commandOf } from './commands.ts'
import type { RepairPlace } from './place.ts'
import type { Remedy, RepairAction } from './remedy.ts'
import { remedyOf } from './remedy-of.ts'
import { brings, inOrder, keyOf, type RepairStep } from './step.ts'

/** What repairs a finding. It is printed, and never run. */
export interface Repair {
  readonly action: RepairAction
  readonly why: string
  /** Lines for a shell, part of the plan of the whole target: `commandOf` tells which variables they use. */
  readonly commands: readonly string[]
}

/** Everything that repairs one target, in an order that works. */
export interface RepairPlan {
  readonly place: Pick<RepairPlace, 'kind' | 'depth' | 'pullThrough' | 'url' | 'quarantine'>
  readonly steps: readonly PlannedStep[]
  /** Findings that no step of the plan repairs although pulls fail. */
  readonly beyond: readonly Finding[]
}

/** One step of a plan. */
export interface PlannedStep {
  readonly step: RepairStep
  readonly command: string
  /** The findings for which it is done. */
  readonly repairs: readonly Finding[]
}

/** Tags of one finding for which commands are printed beside it; the plan has all. */
const MOST_TAGS = 5

/** Plan the repair of a target from all its findings. */
export class RepairPlanner {
  readonly #place: RepairPlace
  readonly #steps = new Map<string, { readonly step: RepairStep; readonly repairs: Finding[] }>()
  readonly #checks = new Map<string, RepairStep>()
  readonly #beyond: Finding[] = []

  constructor(place: RepairPlace) {
    this.#place = place
  }

  /** Take a finding into the plan. @returns its own part of it */
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
      (step.does !== 'copy' && step.does !== 'rescue') || step.tag === undefined || tags.includes(step.tag)
    const shown = inOrder([...withRestart(steps.filter(isShown)), ...checksOf(finding, tags)])
    const rest = finding.tags.length - tags.length
    const more = rest > 0 ? [`# and ${rest} more tags: --output repair lists all`] : []
    return [...shown.map((step) => commandOf(step, this.#place)), ...more]
  }
}

/** One plan of several for the same place, as for several images of one registry. */
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
  return steps.some((step) => brings(step) || step.does === 'quarantine') ? [...steps, { does: 'restart' }] : steps
}

/** A file among the tags is gone from the list once it is moved. */
function checksOf({ repository, evidence }: Finding, tags: readonly string[]): RepairStep[] {
  return repository === undefined || evidence.tagIs === 'a file'
    ? []
    : tags.map((tag) => ({ does: 'check', repository, tag }))
}

function tagKey({ repository = '' }: Finding, tag: string): string {
  return keyOf({ does: 'check', repository, tag })
}
