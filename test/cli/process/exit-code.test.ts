import { describe, expect, it } from 'vitest'
import { exitCodeOf, type Outcome } from '../../../src/cli/process/exit-code.ts'

const fine: Outcome = { stoppedBy: undefined, undelivered: false, failing: false, targetsRead: 1, complete: true }

/** In order of precedence: what makes a run end with a code. */
const reasons = [
  [130, { stoppedBy: 'SIGINT', complete: false }],
  [143, { stoppedBy: 'SIGTERM', complete: false }],
  [5, { undelivered: true }],
  [1, { failing: true }],
  [4, { targetsRead: 0, complete: false }],
  [3, { complete: false }],
] as const

describe('the exit code', () => {
  it('is 0 where all was read, whole and delivered', () => {
    expect(exitCodeOf(fine)).toBe(0)
  })

  it.each(reasons)('is %i for one reason alone', (code, reason) => {
    expect(exitCodeOf({ ...fine, ...reason })).toBe(code)
  })

  it('is that of the first reason that holds, whatever else does', () => {
    for (const [n, [code, reason]] of reasons.entries())
      for (const [, worse] of reasons.slice(n + 1)) expect(exitCodeOf({ ...fine, ...worse, ...reason })).toBe(code)
  })
})
