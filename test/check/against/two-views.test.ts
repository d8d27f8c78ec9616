import { describe, expect, it } from 'vitest'
import { mergeViews } from '../../../src/check/against/two-views.ts'
import { keyOf, questionsFor, View } from '../../../src/check/against/views.ts'
import type { AnyFinding, Finding } from '../../../src/check/findings/finding.ts'
import type { RepositoryReport, TagRecord } from '../../../src/check/records.ts'
import { StoreError } from '../../../src/check/store-error.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { digestOf } from '../../support/builders/images.ts'
import { asFinding } from '../findings/every-finding.ts'

const [image, layer] = ['image', 'layer'].map((text) => parseDigest(digestOf(Buffer.from(text)))) as [never, never]
const NO_OBJECTS = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }

function tag(name: string, verdict: TagRecord['verdict'] = 'intact'): TagRecord {
  return { repository: 'app', tag: name, digest: image, verdict }
}

function report(tags: readonly TagRecord[], more: Partial<RepositoryReport> = {}): RepositoryReport {
  const tagTotals = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }
  for (const { verdict } of tags) tagTotals[verdict]++
  const objects = { manifests: { ...NO_OBJECTS, intact: 1 }, blobs: { ...NO_OBJECTS, intact: 3 } }
  const rest = { manifestsNotReproved: 0, findings: [], unchecked: [] }
  return { repository: 'app', tags, tagTotals, ...objects, ...rest, ...more } as RepositoryReport
}

function missing(tags: readonly string[], more: Partial<AnyFinding> = {}): Finding {
  const what = {
    code: 'layer-missing',
    cause: 'not-served',
    severity: 'error',
    repository: 'app',
    digest: layer,
  } as const
  return asFinding({ ...what, tags, parents: [], platforms: [], evidence: {}, ...more })
}

/** Both reports as one, where the API claims just these. */
function merged(
  stored: RepositoryReport,
  served: RepositoryReport,
  claims: Readonly<Record<string, boolean | StoreError>> = {},
) {
  const views = { stored: new View(stored), served: new View(served) }
  const asked = questionsFor(views.stored, views.served).map(keyOf)
  return mergeViews({ ...views, claims: new Map(asked.map((key) => [key, claims[key] ?? false])) }, false)
}

describe('a comparison of storage and API', () => {
  it('has no findings if both are intact', () => {
    expect(merged(report([tag('v1')]), report([tag('v1')]))).toEqual(
      report([], { tagTotals: report([tag('v1')]).tagTotals }),
    )
  })

  it('reports a layer that both lack as storage does', () => {
    const stored = report([tag('v1', 'unpullable')], { findings: [missing(['v1'], { cause: 'layer-link-missing' })] })
    const served = report([tag('v1', 'unpullable')], { findings: [missing(['v1'])] })
    expect(merged(stored, served).findings).toMatchObject([{ code: 'layer-missing', cause: 'layer-link-missing' }])
  })

  it('does not blame the API for damage below a tag that is damaged on disk', () => {
    const damage = missing(['v1'], { code: 'index-child-missing', cause: 'revision-link-missing', digest: image })
    const stored = report([tag('v1', 'degraded')], { findings: [damage] })
    const served = report([tag('v1', 'degraded')], { findings: [missing(['v1'])] })
    const { findings } = merged(stored, served, { [`manifests/${image}`]: true })
    expect(findings).toMatchObject([
      { code: 'masked-by-cache', cause: 'revision-link-missing', evidence: { apiServes: true } },
      { code: 'layer-missing', cause: 'not-served' },
    ])
  })

  it('blames the API if another tag that reaches it is intact on disk', () => {
    const stored = report([tag('v1', 'degraded'), tag('v2')])
    const served = report([tag('v1', 'degraded'), tag('v2', 'degraded')], { findings: [missing(['v1', 'v2'])] })
    const { findings, tagTotals, blobs } = merged(stored, served)
    expect(findings).toMatchObject([{ code: 'not-served-by-api', evidence: { overApi: 'layer-missing' } }])
    expect(tagTotals).toMatchObject({ degraded: 2, intact: 0 })
    expect(blobs).toEqual({ ...NO_OBJECTS, intact: 2, damaged: 1 })
  })

  it('reports a tag that only the API has: the next restart loses it', () => {
    const { findings, tags } = merged(report([tag('v1')]), report([tag('v1'), tag('ghost')]))
    expect(findings).toMatchObject([{ code: 'masked-by-cache', cause: 'link-missing', tag: 'ghost' }])
    expect(tags).toMatchObject([{ tag: 'ghost', verdict: 'unpullable' }])
  })

  it('does not report it if some tags on disk could not be listed', () => {
    const place = { repository: 'app', path: '/tags', because: 'STORE_DENIED' } as const
    const { findings } = merged(report([], { unchecked: [place] }), report([tag('ghost')]))
    expect(findings).toEqual([])
  })

  it.each([
    ['answers that there is none', false, ['not-served-by-api'], 'unpullable', []],
    ['has it all the same', true, [], undefined, []],
    [
      'does not let us see',
      new StoreError('answered 403', { code: 'STORE_DENIED', place: 'https://r/v2/app/manifests/v1' }),
      [],
      'unchecked',
      ['STORE_DENIED'],
    ],
  ] as const)('ask for a tag that the API does not list; it %s', (_, answer, codes, verdict, because) => {
    const found = merged(report([tag('v1')]), report([]), { 'manifests/v1': answer })
    expect(found.findings.map(({ code }) => code)).toEqual(codes)
    expect(found.tags).toMatchObject(verdict === undefined ? [] : [{ tag: 'v1', verdict }])
    expect(found.unchecked.map((record) => record.because)).toEqual(because)
  })

  it('does not report missing tags if the list ended early', () => {
    const place = { repository: 'app', path: 'https://r/v2/app/tags/list', because: 'STORE_MALFORMED' } as const
    const found = merged(report([tag('v1')]), report([], { unchecked: [place] }))
    expect([found.findings, found.unchecked]).toEqual([[], [place]])
  })

  it('leaves unchecked what the API could not answer, unless damage on disk explains it', () => {
    const denied = {
      repository: 'app',
      digest: layer,
      path: 'https://r/v2/app/blobs/x',
      because: 'STORE_DENIED',
      kind: 'layer',
    } as const
    const open = merged(report([tag('v1')]), report([tag('v1', 'unchecked')], { unchecked: [denied] }))
    expect(open).toMatchObject({
      unchecked: [denied],
      tags: [{ verdict: 'unchecked' }],
      blobs: { intact: 2, unchecked: 1 },
    })
    const damage = missing(['v1'], { code: 'blob-size-mismatch', cause: 'truncated' })
    const stored = report([tag('v1', 'unpullable')], { findings: [damage] })
    const explained = merged(stored, report([tag('v1', 'unchecked')], { unchecked: [denied] }))
    expect(explained).toMatchObject({ unchecked: [], findings: [damage], tags: [{ verdict: 'unpullable' }] })
  })

  it('does not report altered bytes as masked by a cache', () => {
    const damage = missing(['v1'], { code: 'blob-digest-mismatch', cause: 'altered' })
    const stored = report([tag('v1', 'unpullable')], { findings: [damage] })
    expect(merged(stored, report([tag('v1')]), { [`blobs/${layer}`]: true }).findings).toEqual([damage])
  })
})
