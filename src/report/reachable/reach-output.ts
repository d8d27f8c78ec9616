import type { Answer, AskedDigest } from '../../check/reach/answers.ts'
import type { ReachEvent } from '../../check/reach/reach-registry.ts'
import type { TargetKind } from '../../check/target-kind.ts'

/** The registry that the following events are about. */
export interface ReachInfo {
  readonly target: string
  readonly registry: string
  readonly kind: TargetKind
}

/** A line of a question, and its answer. */
export interface AnsweredLine {
  readonly asked: AskedDigest & { readonly line: number; readonly text: string }
  readonly answer: Answer
}

/** The end of a run. */
export interface ReachEnd {
  readonly complete: boolean
  /** Missing: nothing was asked. */
  readonly answers: readonly AnsweredLine[] | undefined
}

/** Writes what is reached in one form. */
export interface ReachOutput {
  target(info: ReachInfo): void
  take(event: ReachEvent): void
  end(end: ReachEnd): void
}
