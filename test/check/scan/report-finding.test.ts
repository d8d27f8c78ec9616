import { describe, expect, it } from 'vitest'
import type { AnyFinding, Finding } from '../../../src/check/findings/finding.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { digestOf } from '../../support/builders/images.ts'
import { reported } from '../../support/builders/repair.ts'
import { fc } from '../../support/fast-check.ts'
import { asFinding, everyFinding, evidenceAt } from '../findings/every-finding.ts'

const finding: Finding = {
  code: 'layer-missing',
  cause: 'blob-missing',
  severity: 'error',
  repository: 'team/app',
  digest: parseDigest(`sha256:${'0'.repeat(64)}`),
  tags: ['latest'],
  parents: [],
  platforms: [],
  evidence: {},
}
const idOf = (changed: Partial<AnyFinding> = {}, registry = 'lab'): string =>
  reported(asFinding({ ...finding, ...changed }), registry, true).id

describe('the id of a finding', () => {
  it('is the same in every version: dashboards and tickets refer to it', () => {
    expect(idOf()).toBe('fe65d1fb259dbeb6')
    const { digest: _, ...rest } = finding
    expect(
      reported(asFinding({ ...rest, code: 'tag-dangling', cause: 'not-served', tag: 'latest' }), 'lab', true).id,
    ).toBe('3b071937c372cdf4')
  })

  it('does not depend on cause, severity, tags, parents, platforms or paths', () => {
    const same: Partial<AnyFinding>[] = [
      { cause: 'layer-link-missing' },
      { severity: 'warning' },
      { tags: [] },
      { parents: [digestOf(Buffer.from('x'))] },
      { platforms: ['linux/amd64'] },
      { evidence: { path: '/elsewhere' } },
    ]
    for (const changed of same) expect(idOf(changed)).toBe(idOf())
    expect(reported(finding, 'lab', false).id).toBe(idOf())
  })

  it('differs by registry, repository, code and digest', () => {
    const ids = [
      idOf(),
      idOf({}, 'other'),
      idOf({ repository: 'team/app2' }),
      idOf({ repository: undefined }),
      idOf({ code: 'config-missing' }),
      idOf({ digest: parseDigest(`sha256:${'1'.repeat(64)}`) }),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('differs by tag for tags, and by path for what has neither', () => {
    const dangling = (tag: string): string => idOf({ code: 'tag-dangling', cause: 'not-served', tag })
    const debris = (path: string): string => {
      const { digest: _, ...rest } = finding
      return reported(asFinding({ ...rest, code: 'crash-debris', evidence: { path } }), 'lab', true).id
    }
    expect(dangling('a')).not.toBe(dangling('b'))
    expect(debris('/a')).not.toBe(debris('/b'))
  })

  it('does not collide if text moves from one part to the next', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 4, maxLength: 4 }), ([a = '', b = '', c = '', d = '']) => {
        fc.pre(a !== c || b !== d)
        expect(idOf({ repository: b }, a)).not.toBe(idOf({ repository: d }, c))
      }),
    )
    expect(idOf({ repository: 'b' }, 'a')).not.toBe(idOf({ repository: '' }, 'ab'))
  })
})

describe('a reported finding', () => {
  it('keeps its facts, and whether it was seen twice', () => {
    for (const confirmed of [true, false])
      expect(reported(finding, 'lab', confirmed)).toEqual({
        ...finding,
        id: idOf(),
        message: expect.any(String),
        repair: { action: expect.any(String), why: expect.any(String), commands: expect.any(Array) },
        confirmed,
      })
  })

  it('has a different id for each code', () => {
    const findings = everyFinding(evidenceAt('/x')).map((each) => reported(each, 'lab', true))
    expect(new Set(findings.map(({ id }) => id)).size).toBe(new Set(findings.map(({ code }) => code)).size)
  })
})
