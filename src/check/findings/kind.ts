import type { Parts } from '../repair/parts.ts'
import type { Remedy } from '../repair/remedy.ts'
import type { Depth } from '../rules.ts'
import type { CauseOf, FindingCode, GarbageKind, Severity } from './code.ts'
import type { FindingOf } from './finding.ts'

/** The facts that all findings of one code share. Each code has one file in `codes/`. */
export interface FindingKind<C extends FindingCode = FindingCode> {
  /** All its possible causes; its page in `docs/findings` explains each. */
  readonly causes: readonly [CauseOf<C>, ...CauseOf<C>[]]
  /** All its possible severities, the worst first. */
  readonly severities: readonly [Severity, ...Severity[]]
  /** The object and what is wrong with it, for a heading: `layer`, `missing`. */
  readonly thing: string
  readonly state: string
  /** The shallowest complete scan that proves that there are none. Missing: no scan proves it. */
  readonly provedFrom?: { readonly depth: Depth; readonly by: 'any' | 'api' | 'against' }
  /** The totals that count its object. Missing: none. */
  readonly counts?: 'manifests' | 'blobs'
  /** It is about something that is deployed, not about a registry: only `check --from` reports it. */
  readonly isAboutUse?: true
  /** It is about a garbage collection that has not run: only `gc-preview` reports it. */
  readonly isForecast?: true
  /** Whether it hides damage below its object. */
  readonly hides?: true
  /** Whether a warning with this code means lost or altered content that no tag needs. */
  readonly losesContent?: true
  /** How metrics count it, if it is garbage. */
  readonly garbage?: GarbageKind
  /**
   * One sentence about what is wrong, without repository, tag or digest: reports print those beside it.
   * Text from the registry may be in it: escape it before printing.
   */
  readonly message: (finding: FindingOf<C>) => string
  /** How to repair it. */
  readonly remedy: (finding: FindingOf<C>, parts: Parts) => Remedy
}
