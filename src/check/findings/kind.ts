import type { Parts } from '../repair/parts.ts'
import type { Remedy } from '../repair/remedy.ts'
import type { Depth } from '../rules.ts'
import type { CauseOf, FindingCode, GarbageKind, Severity } from './code.ts'
import type { FindingOf } from './finding.ts'

/** All that is true of every finding with one code. One file in `codes/` holds it. */
export interface FindingKind<C extends FindingCode = FindingCode> {
  /** Every cause that it can have; its page in `docs/findings` explains each. */
  readonly causes: readonly [CauseOf<C>, ...CauseOf<C>[]]
  /** Those that it can have, the worst first. */
  readonly severities: readonly [Severity, ...Severity[]]
  /** What it is about, and what is wrong with it, in a heading: `layer`, `missing`. */
  readonly thing: string
  readonly state: string
  /** The shallowest complete scan that proves there are none if it finds none. Missing: no scan proves it. */
  readonly provedFrom?: { readonly depth: Depth; readonly by: 'any' | 'api' | 'against' }
  /** Which totals count the object that it is about. Missing: none. */
  readonly counts?: 'manifests' | 'blobs'
  /** Whether it hides what is below it. */
  readonly hides?: true
  /** Whether a warning with this code means lost or altered content that no tag needs. */
  readonly losesContent?: true
  /** What it is counted as, if it only takes up space. */
  readonly garbage?: GarbageKind
  /**
   * What happened, in one sentence without repository, tag or digest: reports print those beside it.
   * Text from the registry may be in it: escape it before printing.
   */
  readonly message: (finding: FindingOf<C>) => string
  /** What repairs it. */
  readonly remedy: (finding: FindingOf<C>, parts: Parts) => Remedy
}
