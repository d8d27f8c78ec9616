import type { ReportedFinding, ScanEvent } from '../../src/check/events.ts'
import type { Evidence } from '../../src/check/findings/evidence.ts'
import { countsIn, RunCounter, verdictOf } from '../../src/check/judge/run-verdict.ts'
import { parseDigest } from '../../src/oci/digest.ts'
import type { Freshness, PastRun, RegistryView } from '../../src/report/html/overview/view.ts'
import { DocumentCollector, type ReportTarget } from '../../src/report/json/document.ts'
import { digestOf } from '../support/builders/images.ts'

/** When the pages of the tests are looked at. */
export const NOW = new Date('2026-11-20T12:03:00Z')
const ENDED = new Date('2026-11-20T12:00:00Z')

/** The entry of the one target of these events. */
export function targetOf(events: readonly ScanEvent[]): ReportTarget {
  const collector = new DocumentCollector()
  for (const event of events) collector.take(event)
  const run = { version: '0.1.0', startedAt: ENDED, finishedAt: ENDED, counts: new RunCounter(), exposition: '' }
  const [target] = collector.end(run).targets
  if (target === undefined) throw new Error('no target among the events')
  return target
}

export function viewOf(report: ReportTarget, changes: Partial<RegistryView> = {}): RegistryView {
  return {
    report,
    registry: report.registry,
    target: report.target,
    profile: '',
    verdict: verdictOf(countsIn(report)),
    asOf: ENDED,
    history: [],
    ...changes,
  }
}

export const FRESH: Freshness = {
  interval: 900,
  lastCompleteAt: ENDED,
  nextRunAt: new Date('2026-11-20T12:15:00Z'),
  isRunning: false,
  isStale: false,
}

export const STALE: Freshness = { ...FRESH, lastCompleteAt: new Date('2026-11-20T09:00:00Z'), isStale: true }

/** Runs a quarter of an hour apart, newest first. */
export function runs(verdicts: readonly PastRun['verdict'][]): readonly PastRun[] {
  return verdicts.map((verdict, n) => {
    const startedAt = new Date(ENDED.getTime() - n * 900_000 - 4000)
    const isDamaged = verdict === 'damaged'
    return {
      startedAt,
      finishedAt: new Date(startedAt.getTime() + 4000),
      verdict,
      errors: isDamaged ? 3 : 0,
      warnings: n % 3,
      unpullable: isDamaged ? 1 : 0,
      degraded: 0,
      unchecked: verdict === 'incomplete' ? 7 : 0,
      ...(verdict === 'incomplete' && { problem: 'the registry answered 503 to everything' }),
    }
  })
}

/** A registry of nothing but so many images that each lost a layer. */
export function manyBroken(images: number): ReportTarget {
  const findings = Array.from({ length: images }, (_, n): ReportedFinding => {
    const digest = parseDigest(digestOf(Buffer.from(`layer ${n}`)))
    return {
      id: n.toString(16).padStart(16, '0'),
      code: 'layer-missing',
      cause: 'blob-missing',
      severity: 'error',
      repository: repositoryAt(n),
      digest,
      tags: [`v${n}`],
      parents: [digestOf(Buffer.from(`child ${n}`))],
      platforms: ['linux/amd64'],
      evidence: { path: `/srv/registry/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data` },
      message: 'The manifest is served, but this layer is not: its bytes are gone.',
      repair: {
        action: 'push-again',
        why: 'A garbage collection during a push, a push against a stale cache, or a deletion by hand.',
        commands: [`skopeo copy --all "$SOURCE" "docker://\${REGISTRY#*://}/${repositoryAt(n)}:v${n}"`],
      },
      confirmed: true,
    }
  })
  const none = { intact: 10_000, damaged: images, unchecked: 0, skipped: 0 }
  return {
    target: '/srv/registry',
    registry: 'large',
    kind: 'distribution',
    depth: 'blobs',
    pullThrough: false,
    complete: true,
    totals: {
      repositories: 10_000,
      tags: { intact: 100_000, degraded: 0, unpullable: images, unchecked: 0 },
      manifests: none,
      blobs: none,
      manifestsNotReproved: 0,
    },
    tags: findings.map(({ repository = '', tags: [tag = ''] }, n) => ({
      repository,
      tag,
      digest: digestOf(Buffer.from(`index ${n}`)),
      verdict: 'unpullable',
      findings: [n.toString(16).padStart(16, '0')],
    })),
    findings,
    unchecked: [],
  }
}

function repositoryAt(n: number): string {
  return `team-${n % 40}/service-${String(n).padStart(4, '0')}`
}

/** Every text that could come from a registry, a path or a system is this one. */
export function hostileTarget(text: string): ReportTarget {
  const digest = parseDigest(digestOf(Buffer.from('hostile')))
  const finding: ReportedFinding = {
    id: '0123456789abcdef',
    code: 'layer-missing',
    cause: 'blob-missing',
    severity: 'error',
    repository: text,
    tag: text,
    digest,
    tags: [text, `${text}2`],
    parents: [text],
    platforms: [text],
    evidence: { path: text, [text]: text, list: [text] } as Evidence,
    message: text,
    repair: { action: 'push-again', why: text, commands: [text] },
    confirmed: false,
    firstSeen: text,
  }
  const [loose, unsure] = [
    { ...finding, id: '1', severity: 'warning', tags: [] } as const,
    { repository: text, tag: text, digest: text, path: text, detail: text, because: 'SYMLINK' } as const,
  ]
  const { tag: _, ...untagged } = loose
  const fixed = { id: '2', code: 'layer-missing', severity: 'error', firstSeen: text } as const
  return {
    ...manyBroken(0),
    target: text,
    registry: text,
    against: text,
    shard: text,
    complete: false,
    tags: (['unpullable', 'unchecked', 'intact'] as const).map((verdict) => ({
      repository: text,
      tag: verdict === 'unpullable' ? text : `${text}${verdict}`,
      digest: text,
      verdict,
      findings: [],
    })),
    findings: [finding, untagged],
    unchecked: [unsure],
    fixed: [{ ...fixed, repository: text, tag: text, digest: text }],
  }
}
