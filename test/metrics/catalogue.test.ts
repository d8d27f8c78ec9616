import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FINDING_CODES } from '../../src/check/findings/catalogue.ts'
import { FAMILIES, FAMILY_NAMES, familyOf } from '../../src/metrics/catalogue.ts'
import type { Family } from '../../src/metrics/family.ts'
import { ERROR_CODES } from '../../src/metrics/label-values.ts'
import { metricsPage } from '../../tools/metrics-page.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { finding, metricsFor, summary, target, unchecked } from './events.ts'

describe('the catalogue', () => {
  it('is what docs/metrics.md says', () => {
    const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    expect(page).toBe(metricsPage())
  })

  it('explains each family in one line that needs no escape', () => {
    const helps = FAMILY_NAMES.map((name) => familyOf(name)?.help ?? '')
    expect(helps.filter((help) => !/^[^\\\n]+\.$|^1; [^\\\n]+\.$/.test(help))).toEqual([])
  })

  it('names each family once', () => {
    expect(new Set(FAMILY_NAMES).size).toBe(FAMILY_NAMES.length)
  })

  it('counts every code of an error that there is, and knows which never are one', () => {
    const never = ['orphan-layer-link', 'blob-unreferenced', 'upload-abandoned', 'crash-debris']
    const aboutUse = ['image-unpullable', 'platform-missing', 'running-image-gone', 'image-moved', 'image-unpinned']
    const forecasts = ['gc-would-abort', 'gc-would-break']
    expect([...ERROR_CODES, ...never, ...aboutUse, ...forecasts].sort()).toEqual([...FINDING_CODES].sort())
  })
})

describe('every series', () => {
  const LABEL = /([a-z]+)="((?:[^"\\]|\\.)*)"/g

  it('has only labels and values that the catalogue knows', async () => {
    const text = await everything()
    const lines = text.split('\n').filter((line) => line.startsWith('registry_integrity_'))
    expect(lines.length).toBeGreaterThan(50)
    for (const line of lines) {
      const name = /^registry_integrity_(\w+)\{/.exec(line)?.[1] ?? ''
      const { labels }: Family = FAMILIES[name as keyof typeof FAMILIES]
      for (const [, label = '', value = ''] of line.matchAll(LABEL)) {
        if (['registry', 'profile', 'shard'].includes(label)) continue
        const allowed = labels[label]
        expect(allowed, `${label} of ${name}`).toBeDefined()
        if (typeof allowed !== 'string') expect(allowed).toContain(value)
      }
    }
  })

  it('says nothing of digests, tags, places, or what a system said', async () => {
    expect(await everything()).not.toMatch(/sha256|v1\.2\.3|secret|\/srv|message/)
  })

  it('holds nothing that could do something to a terminal', async () => {
    expect(await everything()).not.toMatch(/[^\n -~\ufffd]/)
  })
})

describeWithServers(['prometheus'], 'promtool', () => {
  it('has nothing against the exposition', async () => {
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: await everything(), encoding: 'utf8' })
    expect([checked.status, checked.stderr, checked.stdout]).toEqual([0, '', ''])
  })
})

/** One run with everything in it that there can be. */
async function everything(): Promise<string> {
  const codes = FINDING_CODES.map((code) => finding({ code, firstSeen: '2026-11-19T00:00:00Z', tag: 'v1.2.3' }))
  const garbage = FINDING_CODES.map((code) => finding({ code, severity: 'notice', evidence: { bytes: 7 } }))
  const open = (['manifest', 'config', 'layer', 'layer-link'] as const).flatMap((kind) => [
    unchecked({ kind, digest: 'sha256:0', path: '/srv/secret', detail: 'secret' }),
    unchecked({ kind, digest: 'sha256:0', because: 'ALGORITHM_UNKNOWN' }),
  ])
  const covers = { storage: { blobs: 5, bytes: 6 }, durations: { walk: 1, content: 1, 'second-look': 1, garbage: 1 } }
  const links = { report: 'https://example.com/report', runbooks: 'https://example.com/runbooks' }
  const options = { profile: 'deep', shard: '0/4', interval: 900, legacy: true, revision: 'abc', links }
  const { whole } = await metricsFor(
    [
      target({ depth: 'content', against: 'https://secret' }),
      ...codes,
      ...garbage,
      ...open,
      unchecked({ tag: 'v1.2.3' }),
      summary({ garbage: 'all', covers }),
      target({ registry: 'a "b"\\\n\u001b[31m/..', kind: 'api' }),
      { type: 'unreadable', reason: 'secret', because: 'tls' },
    ],
    options,
  )
  return whole
}
