import { describe, expect, it } from 'vitest'
import { ndjsonReport } from '../../src/report/json/ndjson.ts'
import { brokenEvents, cleanEvents, jsonAtOnce, unreadableEvents, written } from './events.ts'

describe('the JSON report', () => {
  it('is one document with the whole run, target by target', async () => {
    const [clean, broken, lost] = [await cleanEvents(), await brokenEvents(), await unreadableEvents()]
    const text = written(jsonAtOnce, [...clean, ...broken, ...lost])
    expect(text.endsWith('}\n')).toBe(true)
    const document = JSON.parse(text)
    expect(document).toMatchObject({
      schemaVersion: 1,
      tool: { name: 'regfsck', version: '0.1.0' },
      startedAt: '2026-11-20T12:00:00.000Z',
      finishedAt: '2026-11-20T12:00:01.000Z',
      verdict: 'damaged',
      targets: [
        { registry: 'clean', complete: true, tags: [], findings: [], unchecked: [], totals: { repositories: 1 } },
        { registry: 'broken', complete: false, totals: { repositories: 2 } },
        { registry: 'lost', complete: false, totals: null, error: expect.stringContaining('is it mounted?') },
      ],
    })
  })

  it('holds every event of a target, and nothing else', async () => {
    const events = await brokenEvents()
    const { targets } = JSON.parse(written(jsonAtOnce, events))
    const of = (type: string) => events.filter((event) => event.type === type)
    const [target] = targets
    expect(target.findings).toEqual(plain(of('finding').map((event) => 'finding' in event && event.finding)))
    expect(target.unchecked).toEqual(plain(of('unchecked').map((event) => 'record' in event && event.record)))
    expect(target.tags).toEqual(
      plain(of('tag').map((event) => event.type === 'tag' && { ...event.record, findings: event.findings })),
    )
    expect(Object.keys(target).sort()).toEqual([
      'complete',
      'depth',
      'findings',
      'kind',
      'pullThrough',
      'registry',
      'tags',
      'target',
      'totals',
      'unchecked',
    ])
  })

  it('is a document even where nothing was scanned', () => {
    expect(JSON.parse(written(jsonAtOnce, []))).toMatchObject({
      verdict: 'incomplete',
      targets: [],
    })
  })

  it('lets each tag lead to its findings', async () => {
    const { targets } = JSON.parse(written(jsonAtOnce, await brokenEvents()))
    const [{ tags, findings }] = targets
    const ids = findings.map(({ id }: { id: string }) => id)
    const named = tags.flatMap((tag: { findings: string[] }) => tag.findings)
    expect(named.length).toBeGreaterThan(3)
    for (const id of named) expect(ids).toContain(id)
  })
})

describe('the NDJSON report', () => {
  it('is one record a line, and each target ends with its summary', async () => {
    const text = written(ndjsonReport, [
      ...(await brokenEvents()),
      ...(await cleanEvents()),
      ...(await unreadableEvents()),
    ])
    const records = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const kinds = records.map(({ type, registry }) => `${type} ${registry}`)
    expect(kinds).toEqual([
      'tag broken',
      'unchecked broken',
      ...Array.from({ length: 4 }, () => 'finding broken'),
      ...Array.from({ length: 3 }, () => 'tag broken'),
      'summary broken',
      'summary clean',
      'summary lost',
    ])
    expect(records.at(-1)).toMatchObject({ complete: false, totals: null, error: expect.stringContaining('mounted') })
  })

  it('writes each line as soon as its event is there, and nothing at the end', async () => {
    const lines: string[] = []
    const report = ndjsonReport((text) => lines.push(text))
    let expected = 0
    for (const event of await brokenEvents()) {
      report.take(event)
      if (event.type !== 'target' && event.type !== 'progress' && event.type !== 'repairs') expected++
      expect(lines).toHaveLength(expected)
    }
    expect(expected).toBeGreaterThan(5)
    for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/)
  })

  it('says the same as the JSON report', async () => {
    const events = await brokenEvents()
    const [target] = JSON.parse(written(jsonAtOnce, events)).targets
    const records = written(ndjsonReport, events)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const of = (wanted: string) =>
      records.filter(({ type }) => type === wanted).map(({ type: _, registry: __, ...rest }) => rest)
    expect(of('finding')).toEqual(target.findings)
    expect(of('tag')).toEqual(target.tags)
    expect(of('unchecked')).toEqual(target.unchecked)
    expect(of('summary')).toMatchObject([{ totals: target.totals, complete: target.complete, target: target.target }])
  })

  it('leaves progress out', () => {
    expect(written(ndjsonReport, [{ type: 'progress', stage: 'walk', done: 1, total: undefined }])).toBe('')
  })
})

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
