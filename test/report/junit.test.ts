import { describe, expect, it } from 'vitest'
import { junitReport } from '../../src/report/junit.ts'
import { fc } from '../support/fast-check.ts'
import { brokenEvents, cleanEvents, unreadableEvents, written } from './events.ts'

describe('JUnit', () => {
  it('has a failure for each tag that cannot be pulled, and an error for what could not be checked', async () => {
    const out = written(junitReport, await brokenEvents())
    expect(out).toMatch(/<testsuites name="regfsck" tests="\d+" failures="3" errors="\d+"/)
    expect(out.match(/<failure /g)).toHaveLength(3)
    expect(out).toMatch(/<error message="STORE_DENIED">/)
    expect(out).toMatch(/index-child-missing/)
    expect(nesting(out)).toEqual([])
  })

  it('of a clean registry has none', async () => {
    const out = written(junitReport, await cleanEvents())
    expect(out).toMatch(/failures="0" errors="0"/)
    expect(nesting(out)).toEqual([])
  })

  it('says why a target could not be read', async () => {
    expect(written(junitReport, await unreadableEvents())).toMatch(/<error message="[^"]*is it mounted\?">/)
  })

  it('is XML whatever a registry calls its things', async () => {
    const [target] = await cleanEvents()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (reason) => {
        const out = written(junitReport, target ? [target, { type: 'unreadable', reason }] : [])
        expect(nesting(out)).toEqual([])
        expect(out).not.toMatch(/&(?!#\d+;)|[\ufffe\uffff]/)
        expect(() => encodeURIComponent(out)).not.toThrow()
      }),
    )
  })
})

/** Elements that are left open, or closed though they are not open. */
function nesting(xml: string): string[] {
  const open: string[] = []
  for (const [, close, name = '', , alone] of xml.matchAll(/<(\/?)([\w-]+)((?:\s+\w+="[^"<]*")*)(\/?)>|<(?!\?xml)/g)) {
    if (close) {
      if (open.pop() !== name) return [name]
    } else if (!alone) open.push(name)
  }
  return open
}
