import type { FindingCode, Severity } from '../../../check/findings/code.ts'
import type { Use } from '../../../check/use.ts'
import type { Freshness, PastRun } from '../overview/view.ts'

/** How an image or a workload ends, the worst first. `moved`: its tag is another image now. */
export const DEPLOYED_STATES = ['broken', 'unchecked', 'moved', 'whole'] as const
/** One of {@link DEPLOYED_STATES}. */
export type DeployedState = (typeof DEPLOYED_STATES)[number]

/** A finding about an image that is deployed. */
export interface DeployedFinding {
  readonly code: FindingCode
  readonly severity: Severity
  readonly message: string
  /** What it concerns, as `useText` writes it. Missing: all that need the image. */
  readonly usedBy?: readonly string[]
}

/** An image that is deployed, and how its last check ended. */
export interface DeployedImage {
  /** As the first file writes it. */
  readonly image: string
  readonly registry: string
  readonly digest?: string | undefined
  readonly state: DeployedState
  readonly findings: readonly DeployedFinding[]
  /** Why it could not be checked. */
  readonly unchecked?: string | undefined
  /** What an earlier run found. The last one could not check it. */
  readonly isEarlier?: true | undefined
  /** When it was first seen broken, ISO 8601. */
  readonly brokenSince?: string | undefined
  readonly uses: readonly Use[]
}

/** What needs images: a service, a Deployment, a pod. */
export interface Workload {
  /** Such as `service web` or `Deployment shop/web`. */
  readonly workload: string
  readonly file: string
  readonly state: DeployedState
  readonly images: readonly WorkloadImage[]
}

/** An image of one workload, with the findings that concern it there. */
export interface WorkloadImage {
  readonly image: DeployedImage
  readonly state: DeployedState
  readonly findings: readonly DeployedFinding[]
  readonly uses: readonly Use[]
}

/** A place in a file where it is unknown which image is meant, or a file that cannot be read. */
export interface UnknownPlace {
  readonly path: string
  readonly because: string
  readonly detail: string
}

/** What a page shows of one set of references. */
export interface DeployedView {
  readonly name: string
  /** The files, as configured. */
  readonly target: string
  readonly images: readonly DeployedImage[]
  readonly workloads: readonly Workload[]
  readonly unknown: readonly UnknownPlace[]
  /** Whether the last run could check everything. */
  readonly isComplete: boolean
  /** End of the last run that checked anything. `undefined`: none yet. */
  readonly asOf: Date | undefined
  readonly freshness: Freshness
  /** Newest first. */
  readonly history: readonly PastRun[]
}
