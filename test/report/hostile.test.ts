import { describe, expect, it } from 'vitest'
import type { ReportedFinding, ScanEvent } from '../../src/check/events.ts'
import type { Evidence } from '../../src/check/findings/evidence.ts'
import { ndjsonReport } from '../../src/report/json/ndjson.ts'
import { junitReport } from '../../src/report/junit.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import type { Write } from '../../src/report/report.ts'
import { sarifReport } from '../../src/report/sarif/sarif.ts'
import { tableReport } from '../../src/report/table/table.ts'
import { fc } from '../support/fast-check.ts'
import { jsonAtOnce, written } from './events.ts'

/** Anything but line breaks that a report makes itself. */
const HARM = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u

const hostile = fc.string({
  minLength: 1,
  unit: fc.constantFrom(
    '\n',
    '\r',
    '\u001b[31m',
    '\u0007',
    '\u009b',
    '\u0000',
    '\u202e',
    '\u2028',
    '\u007f',
    'a',
    ' ',
    '"',
    '\\',
  ),
})

const TAME: ScanEvent = {
  type: 'target',
  info: { target: 'x', registry: 'x', kind: 'distribution', depth: 'blobs', pullThrough: true },
}

/** Every text that could have come from a registry, a path or a system is this one. */
function eventsWith(text: string): ScanEvent[] {
  const finding: ReportedFinding = {
    id: '0123456789abcdef',
    code: 'layer-missing',
    cause: 'blob-missing',
    severity: 'error',
    repository: text,
    tag: text,
    tags: [text],
    parents: [text],
    platforms: [text],
    evidence: { path: text, list: [text] } as Evidence,
    message: text,
    repair: { action: 'push-again', why: text, commands: [text] },
    confirmed: false,
  }
  const info = { target: text, registry: text, kind: 'distribution', depth: 'blobs', pullThrough: true } as const
  const objects = { intact: 0, damaged: 1, unchecked: 0, skipped: 0 }
  const tags = { intact: 0, degraded: 0, unpullable: 1, unchecked: 0 }
  const checked = { indexes: 0, manifests: 1, configs: 0, layers: 1, layerLinks: 1 }
  const coverage = { checked, checkedBytes: 1, durations: {} }
  const totals = { repositories: 1, tags, manifests: objects, blobs: objects, manifestsNotReproved: 0 }
  return [
    { type: 'target', info },
    { type: 'finding', finding },
    { type: 'finding', finding: { ...finding, severity: 'warning' } },
    { type: 'tag', record: { repository: text, tag: text, digest: undefined, verdict: 'unpullable' }, findings: [] },
    { type: 'unchecked', record: { repository: text, tag: text, digest: text, because: 'SYMLINK', detail: text } },
    { type: 'unchecked', record: { repository: undefined, path: text, because: 'SYMLINK', detail: text } },
    { type: 'summary', totals, complete: false, stopped: true, garbage: 'none', coverage },
    { type: 'target', info },
    { type: 'unreadable', reason: text },
  ]
}

describe('text from a registry', () => {
  it.each([
    ['json', jsonAtOnce],
    ['ndjson', ndjsonReport],
    ['sarif', (write: Write) => sarifReport(write, () => undefined)],
    ['junit', junitReport],
    ['markdown', markdownReport],
  ] as const)('can do nothing to whoever reads %s', (_, report) => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(written(report, eventsWith(text))).not.toMatch(HARM)
      }),
    )
  })

  it('adds no line to NDJSON', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(written(ndjsonReport, eventsWith(text)).match(/\n/g)).toHaveLength(7)
      }),
    )
  })

  it('comes out of JSON as it went in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { targets } = JSON.parse(written(jsonAtOnce, eventsWith(text)))
        expect([targets[0].registry, targets[0].findings[0].message, targets[1].error]).toEqual([text, text, text])
      }),
    )
  })

  it('can do nothing to a terminal: findings, tags and what is unchecked', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, color) => {
        const events = eventsWith(text).slice(1, 7)
        const out = written((write) => tableReport(write, { color, columns: 80 }), [TAME, ...events])
        expect(out.replace(/\u001b\[(1|2|22|31|32|33|39)m/g, '')).not.toMatch(HARM)
      }),
    )
  })

  it('can do nothing to a terminal: the name of a target, and why it cannot be read', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const events = eventsWith(text)
        const out = written((write) => tableReport(write, { color: false, columns: 80 }), events)
        expect(out).not.toMatch(HARM)
      }),
    )
  })

  it('adds no line to a table that looks like another finding', () => {
    const forged = 'x\n  ERROR  app:latest  cannot be pulled'
    const out = written(
      (write) => tableReport(write, { color: false, columns: 80 }),
      [TAME, ...eventsWith(forged).slice(1, 7)],
    )
    expect(out).not.toMatch(/^ {2}ERROR {2}app:latest/m)
  })
})
