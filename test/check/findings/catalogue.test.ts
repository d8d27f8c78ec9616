import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../fixtures/catalogue.ts'
import { FINDING_CODES, FINDINGS, isFindingCode } from '../../../src/check/findings/catalogue.ts'
import { DEPTHS } from '../../../src/check/rules.ts'

/** Every finding that a scan of a fixture gives, with the shallowest depth that shows it. */
const SEEN = catalogue.flatMap(({ name, expect: expected, under = [] }) =>
  [expected, ...under].flatMap(({ findings, seenFrom = 'graph' }) =>
    findings.map((finding) => ({ name, ...finding, seenFrom: finding.seenFrom ?? seenFrom })),
  ),
)

describe('the catalogue of findings', () => {
  it('has the code, cause and severity of every finding of a fixture', () => {
    const unknown = SEEN.filter(({ code, cause, severity }) => {
      if (!isFindingCode(code)) return true
      const { severities } = FINDINGS[code]
      const causes: readonly string[] = FINDINGS[code].causes
      return !severities.includes(severity) || (cause !== undefined && !causes.includes(cause))
    })
    expect(SEEN.length).toBeGreaterThan(80)
    expect(unknown).toEqual([])
  })

  it('calls nothing proved at a depth that does not show it', () => {
    const missed = SEEN.filter(({ code, seenFrom }) => {
      const proved = isFindingCode(code) ? FINDINGS[code].provedFrom?.depth : undefined
      return proved !== undefined && DEPTHS.indexOf(proved) < DEPTHS.indexOf(seenFrom)
    })
    expect(missed.map(({ name, code, seenFrom }) => `${name}: ${code} is seen from ${seenFrom}`)).toEqual([])
  })

  it('names each cause once for a code', () => {
    for (const code of FINDING_CODES) expect(new Set(FINDINGS[code].causes).size).toBe(FINDINGS[code].causes.length)
  })
})
