import type { ReportedFinding, ScanEvent, TargetInfo } from '../../src/check/events.ts'
import type { Coverage, UncheckedRecord } from '../../src/check/records.ts'
import { type MetricsOptions, metricsCollector, type RunMetrics } from '../../src/metrics/metrics.ts'

export const RUN = {
  version: '0.1.0',
  startedAt: new Date('2026-11-20T12:00:00Z'),
  finishedAt: new Date('2026-11-20T12:00:02.500Z'),
}

type Summary = Extract<ScanEvent, { readonly type: 'summary' }>

export function target(info: Partial<TargetInfo> = {}): ScanEvent {
  return {
    type: 'target',
    info: { target: '/srv', registry: 'lab', kind: 'distribution', depth: 'blobs', pullThrough: false, ...info },
  }
}

export function finding(about: Partial<ReportedFinding> = {}): ScanEvent {
  return {
    type: 'finding',
    finding: {
      id: '0123456789abcdef',
      code: 'layer-missing',
      cause: 'blob-missing',
      severity: 'error',
      repository: 'team/app',
      tags: ['latest'],
      parents: [],
      platforms: [],
      evidence: {},
      message: 'a message with sha256:0123',
      repair: { action: 'none', why: '', commands: [] },
      confirmed: true,
      ...about,
    },
  }
}

export function unchecked(record: Partial<UncheckedRecord> = {}): ScanEvent {
  return { type: 'unchecked', record: { repository: 'team/app', because: 'STORE_DENIED', ...record } }
}

export function summary(ending: Partial<Summary> & { readonly covers?: Partial<Coverage> } = {}): ScanEvent {
  const { covers, ...rest } = ending
  return {
    type: 'summary',
    totals: {
      repositories: 3,
      tags: { intact: 4, degraded: 1, unpullable: 2, unchecked: 1 },
      manifests: { intact: 9, damaged: 1, unchecked: 0, skipped: 0 },
      blobs: { intact: 20, damaged: 1, unchecked: 0, skipped: 0 },
      manifestsNotReproved: 0,
    },
    complete: true,
    stopped: false,
    garbage: 'none',
    coverage: {
      checked: { indexes: 2, manifests: 8, configs: 7, layers: 14, layerLinks: 22 },
      checkedBytes: 12_345,
      durations: { walk: 1200.4, 'second-look': 1000 },
      ...covers,
    },
    ...rest,
  }
}

export function metricsFor(
  events: readonly ScanEvent[],
  options: Partial<MetricsOptions> = {},
  run: Partial<typeof RUN> = {},
): Promise<RunMetrics> {
  const metrics = metricsCollector({ nodeVersion: 'v20.0.0', ...options })
  for (const event of events) metrics.take(event)
  return metrics.end({ ...RUN, ...run })
}

/** Series of an exposition as `name{labels}` and value, without the labels that every series has. */
export function seriesIn(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      const name = line
        .slice(0, space)
        .replace(/registry="[^"]*",?/, '')
        .replace('{}', '')
      return [name.replace('registry_integrity_', ''), Number(line.slice(space + 1))]
    }),
  )
}
