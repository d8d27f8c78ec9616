import { compareText } from '../../check/compare-text.ts'
import { useText } from '../../check/findings/phrases.ts'
import type { Use } from '../../check/use.ts'
import {
  DEPLOYED_STATES,
  type DeployedFinding,
  type DeployedImage,
  type DeployedState,
  type Workload,
  type WorkloadImage,
} from '../../report/html/deployed/deployed-view.ts'

/** The workloads that need some images, the worst first, then by name. */
export function workloadsOf(images: readonly DeployedImage[]): readonly Workload[] {
  const found = new Map<string, Needing>()
  for (const image of images)
    for (const use of image.uses) {
      const [workload = use.by] = use.by.split(', ', 1)
      const key = `${use.file}\n${workload}`
      const entry = found.get(key) ?? { file: use.file, workload, uses: new Map<DeployedImage, Use[]>() }
      found.set(key, entry)
      entry.uses.set(image, [...(entry.uses.get(image) ?? []), use])
    }
  return [...found.values()].map(workloadOf).sort(byState)
}

/** A workload, and where it names each image. */
interface Needing {
  readonly file: string
  readonly workload: string
  readonly uses: Map<DeployedImage, Use[]>
}

function workloadOf({ file, workload, uses }: Needing): Workload {
  const images = [...uses].map(([image, own]) => imageOf(image, own))
  return { workload, file, state: worstOf(images.map(({ state }) => state)), images }
}

function imageOf(image: DeployedImage, uses: readonly Use[]): WorkloadImage {
  const texts = new Set(uses.map(useText))
  const findings = image.findings.filter(({ usedBy }) => usedBy === undefined || usedBy.some((text) => texts.has(text)))
  return { image, findings, state: stateOf(findings, image.unchecked), uses }
}

/** How an image with these findings ends. @param unchecked why it could not be checked */
export function stateOf(findings: readonly DeployedFinding[], unchecked: string | undefined): DeployedState {
  if (findings.some(({ severity }) => severity === 'error')) return 'broken'
  if (unchecked !== undefined) return 'unchecked'
  return findings.some(({ code }) => code === 'image-moved') ? 'moved' : 'whole'
}

function worstOf(states: readonly DeployedState[]): DeployedState {
  return DEPLOYED_STATES.find((state) => states.includes(state)) ?? 'whole'
}

function byState(a: Workload, b: Workload): number {
  return (
    DEPLOYED_STATES.indexOf(a.state) - DEPLOYED_STATES.indexOf(b.state) ||
    compareText(a.workload, b.workload) ||
    compareText(a.file, b.file)
  )
}
