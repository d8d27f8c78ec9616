import { describe, expect, it } from 'vitest'
import { NOTHING } from '../../src/check/judge/target-totals.ts'
import type { Depth } from '../../src/check/rules.ts'
import type { RunMetrics, TargetMetrics } from '../../src/metrics/metrics.ts'
import { brokenEvents, unreadableEvents } from '../report/events.ts'
import { finding, metricsFor, seriesIn, summary, target, unchecked } from './events.ts'

function only({ targets }: RunMetrics): TargetMetrics {
  expect(targets).toHaveLength(1)
  return targets[0] as TargetMetrics
}

describe('a complete run', () => {
  it('have all that is known', async () => {
    const lost = [finding(), finding({ code: 'tag-dangling', cause: 'link-missing', repository: 'other' })]
    const result = only(await metricsFor([target(), ...lost, summary()], { interval: 900 }))
    expect(result).toMatchObject({ is: 'complete', identity: { registry: 'lab' } })
    await expect(result.run).toMatchFileSnapshot('golden/complete.run.prom')
    await expect('result' in result && result.result).toMatchFileSnapshot('golden/complete.result.prom')
  })

  it('says 0 of what it looked for and did not find', async () => {
    const { whole } = await metricsFor([target(), summary()])
    const series = seriesIn(whole)
    expect(series).toMatchObject({
      'failures{reason="layer-missing"}': 0,
      'garbage_objects{kind="layer_link_orphan"}': 0,
      'repository_failures{repository="__other__"}': 0,
      'inconclusive_objects{kind="place",reason="timeout"}': 0,
      failing_repositories: 0,
    })
  })

  it('counts findings by code and repository, and errors only', async () => {
    const events = [
      finding(),
      finding(),
      finding({ repository: 'b' }),
      finding({ severity: 'warning', repository: 'c' }),
    ]
    const series = seriesIn((await metricsFor([target(), ...events, summary()])).whole)
    expect(series).toMatchObject({
      'failures{reason="layer-missing"}': 3,
      'repository_failures{repository="team/app"}': 2,
      'repository_failures{repository="b"}': 1,
      failing_repositories: 2,
      unpullable_tags: 2,
      degraded_tags: 1,
    })
    expect(Object.keys(series)).not.toContain('repository_failures{repository="c"}')
  })

  it('says since when the oldest error is there, where earlier runs are remembered', async () => {
    const old = finding({ firstSeen: '2026-11-01T00:00:00.000Z' })
    const older = finding({ firstSeen: '2026-10-01T00:00:00.000Z', severity: 'warning' })
    const { whole } = await metricsFor([
      target(),
      finding({ firstSeen: '2026-11-02T00:00:00.000Z' }),
      old,
      older,
      summary(),
    ])
    expect(seriesIn(whole)).toMatchObject({ oldest_failure_timestamp_seconds: Date.UTC(2026, 10, 1) / 1000 })
    expect((await metricsFor([target(), finding(), summary()])).whole).not.toContain('oldest_failure')
  })
})

describe('what was not checked is absent', () => {
  const codesAt = async (depth: Depth, against?: string): Promise<string[]> => {
    const { whole } = await metricsFor([target({ depth, ...(against && { against }) }), summary()])
    return [...whole.matchAll(/_failures\{.*reason="(.*?)"/g)].map(([, code = '']) => code)
  }
  const graph = ['tag-dangling', 'index-child-missing', 'manifest-damaged']

  it('of configs and layers at depth graph, and of their bytes above depth content', async () => {
    const blobs = ['config-missing', 'layer-missing', 'blob-size-mismatch']
    expect(await codesAt('graph')).toEqual(graph)
    expect(await codesAt('blobs')).toEqual([...graph, ...blobs, 'descriptor-mismatch'])
    expect(await codesAt('content')).toEqual([...graph, ...blobs, 'blob-digest-mismatch', 'descriptor-mismatch'])
  })

  it('of what only two views can show', async () => {
    const ofTwoViews = async (depth: Depth): Promise<string[]> =>
      (await codesAt(depth, 'https://hub')).filter((code) => /cache|api$/.test(code))
    expect(await ofTwoViews('graph')).toEqual([])
    expect(await ofTwoViews('blobs')).toEqual(['masked-by-cache'])
    expect(await ofTwoViews('content')).toEqual(['masked-by-cache', 'not-served-by-api'])
  })

  it('of objects that the depth or the API does not show', async () => {
    const kinds = async (info: Parameters<typeof target>[0]): Promise<string[]> => {
      const { whole } = await metricsFor([target(info), summary()])
      return [...whole.matchAll(/checked_objects\{.*kind="(.*?)"/g)].map(([, kind = '']) => kind)
    }
    const always = ['repository', 'tag', 'index', 'manifest']
    expect(await kinds({ depth: 'graph' })).toEqual(always)
    expect(await kinds({ depth: 'blobs' })).toEqual([...always, 'config', 'layer', 'layer_link'])
    expect(await kinds({ depth: 'content' })).toEqual([...always, 'config', 'layer', 'layer_link', 'blob'])
    expect(await kinds({ depth: 'content', kind: 'api' })).toEqual([...always, 'config', 'layer', 'blob'])
  })

  it.each([
    ['none', ['layer_link_orphan', 'revision_link_orphan']],
    ['uploads-only', ['layer_link_orphan', 'revision_link_orphan', 'upload_abandoned', 'crash_debris']],
    ['all', ['layer_link_orphan', 'revision_link_orphan', 'blob_unreferenced', 'upload_abandoned', 'crash_debris']],
  ] as const)('of garbage where %s was looked for', async (garbage, kinds) => {
    const { whole } = await metricsFor([target(), summary({ garbage })])
    expect([...whole.matchAll(/garbage_objects\{.*kind="(.*?)"/g)].map(([, kind]) => kind)).toEqual(kinds)
  })

  it('of the catalog where the API is asked for repositories by name, and only there', async () => {
    const named = { repositoriesAreNamed: true }
    expect((await metricsFor([target({ kind: 'api' }), summary()], named)).whole).not.toContain('catalog')
    expect((await metricsFor([target(), summary()], named)).whole).toContain('catalog_accessible')
  })
})

describe('a run that is not complete', () => {
  const RUN_LEVEL = /^(last_run|run_|catalog_|inconclusive_objects|stage_duration_seconds|build_info|config_info)/

  it('replaces only what is about the run', async () => {
    const result = only(await metricsFor([target(), unchecked(), summary({ complete: false })]))
    expect(result).toEqual({ is: 'partial', identity: { registry: 'lab' }, run: expect.any(String) })
    const series = seriesIn(result.run)
    expect(series).toMatchObject({ run_success: 0, 'inconclusive_objects{kind="place",reason="denied"}': 1 })
    expect(Object.keys(series).filter((name) => !RUN_LEVEL.test(name))).toEqual([])
  })

  it('counts, beside what it found, what is known of earlier runs', async () => {
    const known = {
      type: 'still-known',
      finding: {
        id: 'b',
        code: 'tag-dangling',
        severity: 'error',
        repository: 'team/other',
        tag: 'v1',
        digest: undefined,
        firstSeen: '2026-11-01T00:00:00Z',
      },
    } as const
    const result = only(await metricsFor([target(), finding(), known, summary({ complete: false })]))
    expect(result.is === 'partial' ? seriesIn(result.findings ?? '') : {}).toMatchObject({
      'failures{reason="layer-missing"}': 1,
      'failures{reason="tag-dangling"}': 1,
      failing_repositories: 2,
      // Nobody knows what became of the tags that earlier runs saw.
      unpullable_tags: 2,
      oldest_failure_timestamp_seconds: Date.parse('2026-11-01T00:00:00Z') / 1000,
    })
    expect(only(await metricsFor([target(), known, summary({ complete: false })]))).not.toHaveProperty('findings')
  })

  it('replaces what is wrong too where it found errors, and calls nothing clean', async () => {
    const result = only(await metricsFor([target(), finding(), unchecked(), summary({ complete: false })]))
    const findings = result.is === 'partial' ? seriesIn(result.findings ?? '') : {}
    expect(findings).toEqual({
      'failures{reason="layer-missing"}': 1,
      unpullable_tags: 2,
      degraded_tags: 1,
      failing_repositories: 1,
      'repository_failures{repository="team/app"}': 1,
      'repository_failures{repository="__other__"}': 0,
    })
  })

  it('wakes nobody for what was seen only once', async () => {
    const hasty = finding({ confirmed: false })
    const result = only(await metricsFor([target(), hasty, summary({ complete: false, stopped: true })]))
    expect(result).not.toHaveProperty('findings')
  })

  it('says nothing of the catalog where it was stopped before it had one', async () => {
    const ending = summary({ complete: false, stopped: true, totals: NOTHING })
    const result = only(await metricsFor([target({ kind: 'api' }), ending], { legacy: true }))
    expect(result.run).toMatch(/^registry_integrity_run_success\{.*\} 0$/m)
    expect(result.run).not.toMatch(/catalog/)
  })

  it('says why nothing could be listed', async () => {
    const result = only(await metricsFor([target(), { type: 'unreadable', reason: 'x', because: 'tls' }]))
    expect(result).not.toHaveProperty('findings')
    expect(seriesIn(result.run)).toMatchObject({
      run_success: 0,
      catalog_accessible: 0,
      'catalog_error{reason="tls"}': 1,
      'catalog_error{reason="dns"}': 0,
    })
  })

  it('is the same whether a scan or a test makes the events', async () => {
    const broken = only(await metricsFor(await brokenEvents()))
    expect(seriesIn(broken.run)).toMatchObject({
      run_success: 0,
      'inconclusive_objects{kind="config",reason="denied"}': 1,
    })
    expect(broken).toHaveProperty('findings')
    const lost = only(await metricsFor(await unreadableEvents()))
    expect(seriesIn(lost.run)).toMatchObject({ catalog_accessible: 0, 'catalog_error{reason="storage"}': 1 })
  })
})

describe('links', () => {
  const links = { report: 'https://example.com/registries/lab?profile=deep', runbooks: 'https://example.com/runbooks' }

  it('are reported with every run, whatever its outcome', async () => {
    const complete = only(await metricsFor([target(), summary()], { links }))
    const partial = only(await metricsFor([target(), summary({ complete: false })], { links }))
    const unreadable = only(await metricsFor([target(), { type: 'unreadable', reason: '' }], { links }))
    for (const { run } of [complete, partial, unreadable])
      expect(run).toContain(
        'registry_integrity_links_info{registry="lab",report="https://example.com/registries/lab?profile=deep",runbooks="https://example.com/runbooks"} 1\n',
      )
  })

  it('that are not given have no label, and without any there is no series', async () => {
    const { whole } = await metricsFor([target(), summary()], { links: { runbooks: links.runbooks } })
    expect(whole).toContain('links_info{registry="lab",runbooks="https://example.com/runbooks"} 1\n')
    expect((await metricsFor([target(), summary()])).whole).not.toContain('links_info')
  })
})

describe('several registries in one run', () => {
  it('have series of their own, under one help', async () => {
    const { whole, targets } = await metricsFor([
      target({ registry: 'a' }),
      summary(),
      target({ registry: 'b' }),
      finding(),
      summary({ complete: false }),
    ])
    expect(targets.map(({ is, identity }) => [is, identity.registry])).toEqual([
      ['complete', 'a'],
      ['partial', 'b'],
    ])
    expect(whole.match(/^# HELP registry_integrity_run_success /gm)).toHaveLength(1)
    expect(whole).toContain('registry_integrity_run_success{registry="a"} 1\n')
    expect(whole).toContain('registry_integrity_run_success{registry="b"} 0\n')
    expect(whole).toContain('registry_integrity_failures{registry="b",reason="layer-missing"} 1\n')
    expect(whole).not.toContain('registry_integrity_repositories{registry="b"}')
  })
})

describe('the names of the shell probe', () => {
  const legacy = async (...events: Parameters<typeof metricsFor>[0]) => {
    const { whole } = await metricsFor([target(), ...events], { legacy: true })
    return whole.split('\n').filter((line) => line.startsWith('registry_manifest_integrity'))
  }

  it('are there when they are asked for, with its label', async () => {
    expect(await legacy(finding(), finding({ code: 'tag-dangling' }), summary())).toEqual([
      'registry_manifest_integrity_catalog_accessible{instance="lab"} 1',
      'registry_manifest_integrity_last_run_timestamp{instance="lab"} 1795176002.5',
      'registry_manifest_integrity_failures{instance="lab"} 2',
      'registry_manifest_integrity_repos_checked{instance="lab"} 3',
      'registry_manifest_integrity_tags_checked{instance="lab"} 8',
      'registry_manifest_integrity_indexes_checked{instance="lab"} 2',
    ])
    expect((await metricsFor([target(), summary()])).whole).not.toContain('registry_manifest_integrity')
  })

  it('say of a registry that cannot be listed what the probe said', async () => {
    expect(await legacy({ type: 'unreadable', reason: '' })).toEqual([
      'registry_manifest_integrity_catalog_accessible{instance="lab"} 0',
      'registry_manifest_integrity_last_run_timestamp{instance="lab"} 1795176002.5',
    ])
  })
})
