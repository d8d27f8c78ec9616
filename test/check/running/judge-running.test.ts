import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/check/judge/judge.ts'
import type { Answer, BlobAnswer } from '../../../src/check/ports.ts'
import type { CheckedImage } from '../../../src/check/running/checked-image.ts'
import { judgeRunning } from '../../../src/check/running/judge-running.ts'
import type { RunningImage } from '../../../src/check/running/running-images.ts'
import { StoreError } from '../../../src/check/store-error.ts'
import type { Graph, ManifestFact } from '../../../src/check/walk/graph.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import type { TagName } from '../../../src/oci/names.ts'
import { digestOf } from '../../support/builders/images.ts'
import { brief, REPOSITORY, RULES, scene } from '../scene.ts'

const USE = 'pods.json:1: Pod shop/web, container app'
const gone = parseDigest(digestOf(Buffer.from('gone')))
const ABSENT: ManifestFact = { is: 'absent', cause: 'not-served', evidence: {} }

const manifest: RunningImage = { is: 'manifest', digest: gone, usedBy: [USE] }
const config: RunningImage = { is: 'config', digest: gone, usedBy: [USE] }

/** Judges what runs beside a whole image, where the registry answers this about everything else. */
async function judged(
  running: RunningImage,
  how: Partial<CheckedImage> & { answer?: Answer<BlobAnswer>; fact?: ManifestFact; tag?: 'dangling' } = {},
) {
  const { registry } = scene()
  const seen = await walk(REPOSITORY, registry.store(REPOSITORY), RULES)
  const lost: Graph['tags'] = new Map([['latest' as TagName, { is: 'dangling', cause: 'not-served', evidence: {} }]])
  const graph = how.tag === undefined ? seen : { ...seen, tags: lost }
  const report = await judgeRunning(
    judge(graph, RULES, true),
    {
      repository: REPOSITORY,
      reference: 'latest',
      graph,
      rules: RULES,
      running: { images: [running], moved: 'warning' },
      seenBefore: undefined,
      ...how,
    },
    {
      walk: async (digest: Digest) => ({
        ...seen,
        tags: new Map([[digest as string as TagName, { is: 'resolved', digest }]]),
        manifests: new Map([[digest, how.fact ?? ABSENT]]),
        blobs: new Map(),
      }),
      probeBlob: async () => how.answer ?? { is: 'absent', cause: 'not-served', evidence: {} },
    },
  )
  return {
    findings: brief(report.findings.filter(({ code }) => code !== 'tag-dangling')),
    unchecked: report.unchecked.map(({ because }) => because),
  }
}

describe('judgeRunning', () => {
  const moved = (kind: string): string => `warning image-moved/another-${kind} latest [latest]`
  const lost = (cause: string): string => `error running-image-gone/${cause} ${gone} [latest]`

  it.each([
    [manifest, [lost('not-served'), moved('digest')]],
    [config, [lost('config-not-served'), moved('config')]],
  ])('reports what is gone, and that the tag has moved: $is', async (running, findings) => {
    expect(await judged(running)).toEqual({ findings, unchecked: [] })
  })

  it('does not say that a tag has moved that the registry does not have', async () => {
    expect(await judged(manifest, { tag: 'dangling' })).toEqual({ findings: [lost('not-served')], unchecked: [] })
    expect(await judged(config, { tag: 'dangling' })).toEqual({ findings: [lost('config-not-served')], unchecked: [] })
  })

  it.each([manifest, config])('calls nothing gone that was missing in the last look alone: $is', async (running) => {
    const once = await judged(running, { seenBefore: new Set() })
    expect(once.unchecked).toEqual(['MOVED'])
    expect(once.findings).toEqual([moved(running.is === 'config' ? 'config' : 'digest')])
    const twice = await judged(running, { seenBefore: new Set([gone]) })
    expect(twice.findings).toHaveLength(2)
  })

  it('reports as unknown what it cannot read, and with --moved ok nothing', async () => {
    const skipped = { is: 'skipped', because: 'ALGORITHM_UNKNOWN' } as const
    expect(await judged(manifest, { fact: skipped })).toEqual({ findings: [], unchecked: ['RUNNING_UNKNOWN'] })
    const running = { images: [manifest], moved: 'ok' } as const
    expect(await judged(manifest, { fact: skipped, running })).toEqual({ findings: [], unchecked: [] })
  })

  it('says neither where the registry does not answer', async () => {
    const fact = { is: 'unchecked', because: 'STORE_TIMEOUT', place: '', detail: 'timed out' } as const
    expect(await judged(manifest, { fact })).toEqual({ findings: [], unchecked: ['STORE_TIMEOUT'] })
    const answer = new StoreError('timed out', { code: 'STORE_TIMEOUT', place: '' })
    expect(await judged(config, { answer })).toEqual({ findings: [moved('config')], unchecked: ['STORE_TIMEOUT'] })
  })
})
