import { describe, expect, it } from 'vitest'
import type { ScanEvent, TargetInfo } from '../../src/check/events.ts'
import type { Use } from '../../src/check/use.ts'
import { type PageOf, sarifReport } from '../../src/report/sarif/sarif.ts'
import { fc } from '../support/fast-check.ts'
import { brokenEvents, cleanEvents, emptyEvents, everyReported, unreadableEvents, written } from './events.ts'
import { isSarif } from './sarif-schema.ts'

const pageOf: PageOf = (room, code) => (room === 'findings' ? `# ${code}\n` : undefined)

interface Said {
  readonly tool: { readonly driver: Record<'rules' | 'notifications', readonly { readonly id: string }[]> }
  readonly invocations: readonly [
    { readonly executionSuccessful: boolean; readonly toolExecutionNotifications: readonly SaidNotification[] },
  ]
  readonly results: readonly SaidResult[]
}

interface SaidNotification {
  readonly level: string
  readonly message: { readonly text: string }
  readonly descriptor?: { readonly id: string; readonly index: number }
  readonly locations: readonly SaidLocation[]
}

interface SaidResult {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations: readonly [SaidLocation]
  readonly partialFingerprints: Readonly<Record<string, string>>
}

interface SaidLocation {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string }
    readonly region: { readonly startLine: number }
  }
  readonly logicalLocations?: readonly [{ readonly fullyQualifiedName: string }]
}

/** The one run of a report, which is valid. */
function said(events: readonly ScanEvent[]): Said {
  const document = JSON.parse(written((write) => sarifReport(write, pageOf), events))
  expect(isSarif(document) ? [] : isSarif.errors).toEqual([])
  const { runs }: { runs: [Said] } = document
  const [run] = runs
  const { rules, notifications } = run.tool.driver
  for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]?.id).toBe(ruleId)
  for (const { descriptor } of run.invocations[0].toolExecutionNotifications)
    if (descriptor) expect(notifications[descriptor.index]?.id).toBe(descriptor.id)
  return run
}

function placeOf({ locations: [{ physicalLocation, logicalLocations }] }: SaidResult): string {
  if (physicalLocation === undefined) return logicalLocations?.[0].fullyQualifiedName ?? ''
  return `${physicalLocation.artifactLocation.uri}:${physicalLocation.region.startLine}`
}

const web: Use = { file: 'compose.yaml', line: 3, column: 12, by: 'service web' }
const worker: Use = { file: 'compose.yaml', line: 7, column: 12, by: 'service worker' }

/** The events of an image that these need, with one finding about it. */
function imageNeededBy(usedBy: readonly Use[], evidence: object = { usedBy: undefined }): ScanEvent[] {
  const info: TargetInfo = {
    target: 'app:1',
    registry: 'host',
    kind: 'api',
    depth: 'blobs',
    pullThrough: false,
    usedBy,
  }
  const found = everyReported().find(({ code }) => code === 'image-unpullable')
  if (found === undefined) throw new TypeError('there is no such code')
  return [
    { type: 'target', info },
    { type: 'finding', finding: { ...found, evidence: { ...found.evidence, ...evidence } } },
  ]
}

describe('SARIF', () => {
  it('has a result for each finding of a scan, by the name in the registry, and its page', async () => {
    const events = await brokenEvents()
    const { results, tool } = said(events)
    const findings = events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []))
    expect(results.map(({ ruleId }) => ruleId)).toEqual(findings.map(({ code }) => code))
    expect(results.map(placeOf)).toEqual(
      findings.map(({ digest }) => expect.stringMatching(new RegExp(`/team/app@${digest}$`))),
    )
    expect(tool.driver.rules[0]).toMatchObject({ help: { markdown: expect.stringMatching(/^# /) } })
  })

  it('takes a finding of every code and cause', () => {
    const [target] = imageNeededBy([])
    const findings = everyReported()
    const { results } = said([
      ...(target ? [target] : []),
      ...findings.map((finding): ScanEvent => ({ type: 'finding', finding })),
    ])
    expect(results).toHaveLength(findings.length)
    expect(new Set(results.map(({ level }) => level))).toEqual(new Set(['error', 'warning', 'note']))
  })

  it('is a success without results only where all was checked', async () => {
    const clean = said(await cleanEvents())
    expect([clean.results, clean.invocations[0].executionSuccessful]).toEqual([[], true])
    expect(said(await emptyEvents()).invocations[0].executionSuccessful).toBe(true)
    for (const events of [await brokenEvents(), await unreadableEvents(), await stopped()]) {
      const [invocation] = said(events).invocations
      expect(invocation.executionSuccessful).toBe(false)
      expect(invocation.toolExecutionNotifications.map(({ level }) => level)).toContain('error')
    }
  })

  it('says what was not checked, and where', () => {
    const record = { repository: undefined, path: 'deploy/web.yaml:12:3', because: 'REFERENCE_UNKNOWN' } as const
    const info = {
      target: 'deploy',
      registry: 'references',
      kind: 'references',
      depth: 'blobs',
      pullThrough: false,
    } as const
    const { invocations } = said([
      { type: 'target', info },
      { type: 'unchecked', record: { ...record, detail: 'service web: the variable TAG has no value' } },
      ...imageNeededBy([web]).slice(0, 1),
      {
        type: 'unchecked',
        record: { repository: 'app', digest: `sha256:${'0'.repeat(64)}`, because: 'STORE_TIMEOUT' },
      },
      ...imageNeededBy([worker]).slice(0, 1),
      { type: 'unreadable', reason: 'does not answer' },
    ])
    const told = invocations[0].toolExecutionNotifications
    expect(told.map(({ descriptor }) => descriptor?.id)).toEqual(['REFERENCE_UNKNOWN', 'STORE_TIMEOUT', undefined])
    expect(told.map(({ locations: [at] }) => at?.physicalLocation)).toEqual([
      expect.objectContaining({ region: { startLine: 12, startColumn: 3 } }),
      expect.objectContaining({ region: { startLine: 3, startColumn: 12 } }),
      expect.objectContaining({ region: { startLine: 7, startColumn: 12 } }),
    ])
  })

  it('names of several places only that of which it is not known what runs', () => {
    const detail = 'compose.yaml:7: service worker: an id runs that only its machine knows'
    const { invocations } = said([
      ...imageNeededBy([web, worker]).slice(0, 1),
      { type: 'unchecked', record: { repository: 'app', because: 'RUNNING_UNKNOWN', detail } },
    ])
    const [told] = invocations[0].toolExecutionNotifications
    expect(told?.locations).toMatchObject([{ physicalLocation: { region: { startLine: 7 } } }])
  })

  it('annotates each line that names an image', () => {
    expect(said(imageNeededBy([web, worker])).results.map(placeOf)).toEqual(['compose.yaml:3', 'compose.yaml:7'])
  })

  it('annotates only the lines that a finding is about', () => {
    const { results } = said(imageNeededBy([web, worker], { usedBy: ['compose.yaml:7: service worker'] }))
    expect(results.map(placeOf)).toEqual(['compose.yaml:7'])
  })

  it('recognizes a result that has moved to another line, and distinguishes those of one line', () => {
    const prints = (uses: readonly Use[]): readonly string[] =>
      said(imageNeededBy(uses)).results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))
    const now = prints([web, worker, web])
    expect(new Set(now).size).toBe(3)
    expect(prints([{ ...web, line: 30 }, { ...worker, line: 70 }, web])).toEqual(now)
    expect(prints([{ ...web, file: 'other.yaml' }])[0]).not.toBe(now[0])
  })

  it.each([
    ['./a b/ü#1.yaml', 'a%20b/%C3%BC%231.yaml:3'],
    ['/srv/app.yaml', 'file:///srv/app.yaml:3'],
    ['../c:d.yaml', '../c%3Ad.yaml:3'],
    ['-', 'host/team/app@'],
  ])('names the file %s so that it is a URI', (file, place) => {
    const [result] = said(imageNeededBy([{ ...web, file }])).results
    expect(result && placeOf(result).startsWith(place)).toBe(true)
  })

  it('is valid whatever a file or a registry calls its things', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (raw) => {
        const { results } = said(imageNeededBy([{ ...web, file: raw, by: raw }], { path: raw }))
        expect(results).toHaveLength(1)
      }),
    )
  })
})

/** Findings that were seen once. */
async function stopped(): Promise<ScanEvent[]> {
  return (await brokenEvents()).map((event) => {
    if (event.type === 'finding') return { ...event, finding: { ...event.finding, confirmed: false } }
    return event.type === 'summary' ? { ...event, complete: false, stopped: true } : event
  })
}

it('keeps the line of a path that has line breaks', () => {
  const file = 'a\nb:7:1\r.yaml'
  const use: Use = { file, line: 3, column: 12, by: 'service web' }
  const info: TargetInfo = {
    target: 'app:1',
    registry: 'registry.example.com',
    kind: 'api',
    depth: 'blobs',
    pullThrough: false,
    usedBy: [use],
  }
  const files: TargetInfo = {
    target: file,
    registry: 'references',
    kind: 'references',
    depth: 'blobs',
    pullThrough: false,
  }
  const { invocations } = said([
    { type: 'target', info },
    { type: 'unreadable', reason: 'timed out' },
    { type: 'target', info: files },
    {
      type: 'unchecked',
      record: { repository: undefined, path: `${file}:5:2`, because: 'REFERENCE_UNKNOWN', detail: 'service db' },
    },
    { type: 'unreadable', reason: 'x' },
  ])
  const places = invocations[0].toolExecutionNotifications.flatMap(({ locations }) =>
    locations.flatMap(({ physicalLocation }) => physicalLocation ?? []),
  )
  expect(places.map(({ artifactLocation, region }) => [artifactLocation.uri, region.startLine])).toEqual([
    ['a%0Ab%3A7%3A1%0D.yaml', 3],
    ['a%0Ab%3A7%3A1%0D.yaml', 5],
  ])
})
