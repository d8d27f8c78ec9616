import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { Preview } from '../../../src/gc/preview/preview.ts'
import { junitReport } from '../../../src/report/junit.ts'
import { previewFindingsReport } from '../../../src/report/preview/events.ts'
import { previewJson, previewNdjson } from '../../../src/report/preview/json.ts'
import { previewMarkdown } from '../../../src/report/preview/markdown.ts'
import type { PreviewReport } from '../../../src/report/preview/preview-report.ts'
import { previewTable } from '../../../src/report/preview/table/table.ts'
import type { Write } from '../../../src/report/report.ts'
import { sarifReport } from '../../../src/report/sarif/sarif.ts'
import { previewSchemaText } from '../../../tools/report-schema-text.ts'
import { abort, finishedRun, hurtPreview, previewed, runOf, safe } from './sample.ts'

const committed = readFileSync(new URL('../../../docs/gc-preview.schema.json', import.meta.url), 'utf8')

describe('the table', () => {
  it('says what stops, what breaks, what is freed, and what 3.x makes of it, in this order, on one screen', () => {
    const text = table(hurtPreview())
    const titles = ['2.8 ', 'WOULD STOP  1 file', 'WOULD BREAK  2 tags', 'WOULD FREE', 'Stays', 'READY FOR 3.x  yes']
    const places = titles.map((title) => text.indexOf(title))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(text.split('\n').length).toBeLessThan(45)
    expect(text).toContain('Needed by compose.yaml:3: service runner.')
    expect(text).toContain(abort.path)
  })

  it('breaks no line that a terminal would break', () => {
    const longest = Math.max(
      ...table(hurtPreview())
        .split('\n')
        .map(({ length }) => length),
    )
    expect(longest).toBeLessThanOrEqual(120)
  })

  it('calls nothing safe that could not be read', () => {
    const preview: Preview = {
      ...hurtPreview(),
      collections: [{ ...safe(runOf('3', false)), verdict: 'unknown' }],
      unchecked: [{ repository: undefined, path: '/srv/x', because: 'STORE_DENIED', detail: 'permission denied' }],
      complete: false,
    }
    const text = written((write) => previewTable(write, { color: false, columns: 100 }), preview, 'unknown')
    expect(text).toContain('UNKNOWN')
    expect(text).toContain('/srv/x permission denied')
    expect(text).toContain('READY FOR 3.x  unknown')
    expect(text).not.toMatch(/nothing breaks|NOTHING BREAKS|READY FOR 3.x {2}yes/)
  })

  it('prints nothing that could do something to a terminal', () => {
    const evil = '\u001b[2J\u202e'
    const preview = hurtPreview()
    const hostile = previewed({
      ...preview,
      registry: evil,
      target: evil,
      collections: preview.collections.map((each) => ({
        ...each,
        outcome: { ...each.outcome, aborts: each.outcome.aborts.map((one) => ({ ...one, path: evil, error: evil })) },
      })),
    })
    const pieces: string[] = []
    previewTable((text) => pieces.push(text), { color: false, columns: 80 }).take(hostile)
    expect(pieces.join('')).not.toMatch(/[\u001b\u202e]/)
  })
})

describe('the JSON document', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, formats: { 'date-time': true } })
  ajv.addSchema(JSON.parse(committed), 'preview')

  it('has the schema that is published, which `npm run schema` writes', () => {
    expect(committed).toBe(previewSchemaText())
    const isDocument = ajv.getSchema('preview')
    const document: unknown = JSON.parse(written(previewJson, hurtPreview(), 'breaks'))
    expect(isDocument?.(document), JSON.stringify(isDocument?.errors)).toBe(true)
  })

  it('is also written as lines, each of which has the schema of a record', () => {
    const isRecord = ajv.getSchema('preview#/$defs/Record')
    const lines = written(previewNdjson, hurtPreview(), 'breaks').trim().split('\n')
    const records = lines.map((line) => JSON.parse(line))
    for (const record of records) expect(isRecord?.(record), JSON.stringify([record, isRecord?.errors])).toBe(true)
    expect(records.map(({ type }) => type)).toEqual([
      'collection',
      'collection',
      'broken',
      'broken',
      'collection',
      'collection',
      'finding',
      'finding',
      'finding',
      'summary',
    ])
  })
})

describe('other formats', () => {
  it('have a failure for each finding in JUnit', () => {
    const xml = written((write) => previewFindingsReport(junitReport(write)), hurtPreview(), 'breaks')
    expect(xml).toContain('tests="3" failures="3" errors="0"')
    expect(xml).toContain('classname="infra/ci"')
  })

  it('have a result for each finding in SARIF', () => {
    const text = written((write) => previewFindingsReport(sarifReport(write, () => undefined)), hurtPreview(), 'breaks')
    const { runs } = JSON.parse(text)
    expect(runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
      'gc-would-abort',
      'gc-would-break',
      'gc-would-break',
    ])
    expect(runs[0].invocations[0].executionSuccessful).toBe(true)
  })

  it('have the table in a code block in Markdown', () => {
    const text = written(previewMarkdown, hurtPreview(), 'breaks')
    expect(text).toMatch(/^## Preview of garbage collection\n\n```text\n.*\n```\n$/s)
  })
})

function table(preview: Preview): string {
  return written((write) => previewTable(write, { color: false, columns: 120 }), preview, 'breaks')
}

function written(reportOf: (write: Write) => PreviewReport, preview: Preview, verdict: 'breaks' | 'unknown'): string {
  const pieces: string[] = []
  const report = reportOf((text) => pieces.push(text))
  report.take(previewed(preview))
  void report.end({ ...finishedRun, verdict, complete: preview.complete })
  return pieces.join('')
}
