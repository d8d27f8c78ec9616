import { describe, expect, it } from 'vitest'
import type { ReportedFinding, ScanEvent } from '../../src/check/events.ts'
import type { Digest } from '../../src/oci/digest.ts'
import { History } from '../../src/state/history.ts'
import type { RememberedRun } from '../../src/state/memory.ts'
import { finding, summary, target } from '../metrics/events.ts'

const [FIRST, LATER] = ['2026-11-20T12:00:00.000Z', '2026-11-21T12:00:00.000Z']

/** A run that finds these, after the runs that left these memories. */
function run(now: string, past: readonly RememberedRun[], ...found: readonly Partial<ReportedFinding>[]) {
  return runThat({}, now, past, ...found)
}

/** One that could not look at everything. */
function incompleteRun(now: string, past: readonly RememberedRun[], ...found: readonly Partial<ReportedFinding>[]) {
  return runThat({ complete: false }, now, past, ...found)
}

function runThat(
  ended: Parameters<typeof summary>[0],
  now: string,
  past: readonly RememberedRun[],
  ...found: readonly Partial<ReportedFinding>[]
) {
  const history = new History(past, { profile: '', now, garbage: false, looksAt: () => true })
  const events = [target(), ...found.map((each) => finding(each)), summary(ended)]
  const reported: ScanEvent[] = events.flatMap((event) => [...history.take(event)])
  return {
    memories: history.memories,
    found: reported.flatMap((event) => (event.type === 'finding' ? [event.finding] : [])),
    fixed: reported.flatMap((event) => (event.type === 'fixed' ? [event.finding] : [])),
    stillKnown: reported.flatMap((event) => (event.type === 'still-known' ? [event.finding.id] : [])),
  }
}

const missing = { id: 'a', code: 'layer-missing', repository: 'app', digest: 'sha256:1' } as Partial<ReportedFinding>
const masked = { ...missing, id: 'b', code: 'masked-by-cache' } as Partial<ReportedFinding>

describe('an object that is still broken under another code', () => {
  it('is as old a failure as before, and not called fixed', () => {
    const { memories } = run(FIRST, [], missing)
    const second = run(LATER, memories, masked)
    expect(second.found).toMatchObject([{ code: 'masked-by-cache', firstSeen: FIRST, isNew: true }])
    expect(second.fixed).toEqual([])
    expect(second.memories).toMatchObject([{ findings: [{ id: 'b', firstSeen: FIRST }] }])
  })

  it('while one that is whole is fixed, and another that breaks is new', () => {
    const { memories } = run(FIRST, [], missing)
    const second = run(LATER, memories, { ...masked, digest: 'sha256:2' } as Partial<ReportedFinding>)
    expect(second.found).toMatchObject([{ firstSeen: LATER }])
    expect(second.fixed).toMatchObject([{ id: 'a' }])
  })

  it('is new as an error where it was only a warning', () => {
    const { memories } = run(FIRST, [], { ...missing, severity: 'warning' })
    expect(run(LATER, memories, masked).found).toMatchObject([{ firstSeen: LATER }])
  })
})

describe('a finding that cannot be looked for, because what leads to it broke since', () => {
  const layer = { ...missing, tags: ['latest'] } as Partial<ReportedFinding>
  const dangling = {
    id: 'c',
    code: 'tag-dangling',
    repository: 'app',
    tag: 'latest',
    tags: ['latest'],
  } as Partial<ReportedFinding>
  const other = { ...dangling, id: 'd', tag: 'other', tags: ['other'] } as Partial<ReportedFinding>

  it('is not fixed, in this run and as long as that stays broken', () => {
    const first = run(FIRST, [], layer)
    const second = run(LATER, first.memories, dangling)
    expect(second.fixed).toEqual([])
    const third = run(LATER, second.memories, dangling)
    expect(third.fixed).toEqual([])
    const repaired = run(LATER, third.memories)
    expect(repaired.fixed.map(({ id }) => id).sort()).toEqual(['a', 'c'])
    expect(run(LATER, third.memories, layer).found).toMatchObject([{ firstSeen: FIRST, isNew: false }])
  })

  it('is not fixed if an incomplete run came in between, which could not check what is broken', () => {
    const hidden = run(LATER, run(FIRST, [], layer).memories, dangling)
    const blind = incompleteRun(LATER, hidden.memories)
    const again = run(LATER, blind.memories, dangling)
    expect(again.fixed).toEqual([])
    expect(
      run(LATER, again.memories)
        .fixed.map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'c'])
  })

  it('is not fixed where what leads to it broke, was whole in an incomplete run, and broke again', () => {
    const hidden = run(LATER, run(FIRST, [], layer).memories, dangling)
    const between = incompleteRun(LATER, hidden.memories, layer)
    expect(run(LATER, between.memories, dangling).fixed).toEqual([])
  })

  it('is not fixed where no tag leads to it, and the manifest that names it broke', () => {
    const untagged = { ...missing, tags: [], parents: ['sha256:9'] } as Partial<ReportedFinding>
    const damaged = (digest: string): Partial<ReportedFinding> =>
      ({
        ...missing,
        id: 'e',
        code: 'manifest-damaged',
        digest: digest as Digest,
        tags: [],
      }) as Partial<ReportedFinding>
    const { memories } = run(FIRST, [], untagged)
    expect(run(LATER, memories, damaged('sha256:9')).fixed).toEqual([])
    expect(run(LATER, memories, damaged('sha256:8')).fixed).toMatchObject([{ id: 'a' }])
  })

  it('is fixed where what is broken leads elsewhere, or was broken before', () => {
    const { memories } = run(FIRST, [], layer, other)
    expect(run(LATER, memories, other).fixed).toMatchObject([{ id: 'a' }])
    expect(run(LATER, run(FIRST, [], layer).memories, other).fixed).toMatchObject([{ id: 'a' }])
    expect(run(LATER, run(FIRST, [], layer, dangling).memories, dangling).fixed).toMatchObject([{ id: 'a' }])
  })
})

it('is not first seen in times to come, where the clock was wrong once', () => {
  const { memories } = run(LATER, [], missing)
  const second = run(FIRST, memories, missing)
  expect(second.found).toMatchObject([{ firstSeen: FIRST, isNew: false }])
  expect(run(LATER, second.memories, missing).found).toMatchObject([{ firstSeen: FIRST }])
})

describe('a run that could not check everything', () => {
  const tag = (id: string, name: string): Partial<ReportedFinding> =>
    ({ ...missing, id, code: 'tag-dangling', tag: name, tags: [name] }) as Partial<ReportedFinding>
  const [one, two] = [tag('1', 'one'), tag('2', 'two')]
  const { memories } = run(FIRST, [], one, two)

  it('says what is still known, though it did not find it, or only once', () => {
    expect(incompleteRun(LATER, memories, one).stillKnown).toEqual(['2'])
    expect(incompleteRun(LATER, memories, one, { ...two, confirmed: false }).stillKnown).toEqual(['2'])
  })

  it('says so of nothing that it found, that another error hides, or that it does not look for', () => {
    expect(incompleteRun(LATER, memories, one, two).stillKnown).toEqual([])
    const below = run(FIRST, [], { ...missing, tags: ['one'] }).memories
    expect(incompleteRun(LATER, below, one).stillKnown).toEqual([])
    const [memory] = run(FIRST, [], one).memories
    const closer = memory?.findings.map((each) => ({ ...each, seenBy: { ...each.seenBy, garbage: true } })) ?? []
    expect(incompleteRun(LATER, memory ? [{ ...memory, findings: closer }] : []).stillKnown).toEqual([])
  })

  it('while a complete one says that it is fixed', () => {
    expect(run(LATER, memories, one)).toMatchObject({ stillKnown: [], fixed: [{ id: '2' }] })
  })
})
