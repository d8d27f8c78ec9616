import type { GcAbort, GcAmount, GcBreakage, GcOutcome, GcRun } from '../../../src/gc/outcome.ts'
import type { CollectionPreview, Preview } from '../../../src/gc/preview/preview.ts'
import { reportedFindings } from '../../../src/gc/preview/reported.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import type { PreviewedTarget, PreviewRun } from '../../../src/report/preview/preview-report.ts'
import { digestOf } from '../../support/builders/images.ts'

const NONE: GcAmount = { blobs: 0, bytes: 0 }

export const digest = (text: string) => parseDigest(digestOf(Buffer.from(text)))

/** How a collection runs. */
export function runOf(engine: GcRun['engine'], deleteUntagged: boolean): GcRun {
  return { engine, deleteUntagged, driver: 'filesystem' }
}

/** The outcome of a collection that does nothing. */
export function outcomeOf(run: GcRun, what: Partial<GcOutcome> = {}): GcOutcome {
  return {
    run,
    aborts: [],
    deleted: { manifests: [], blobs: [], layerLinks: [], eligible: { manifests: 0, blobs: 0, layerLinks: 0 } },
    kept: { revisions: 0, blobs: 0, blobBytes: 0 },
    broken: [],
    freed: { ...NONE, byRepository: [], byCause: { untagged: NONE, unlinked: NONE, uploads: NONE, unseen: NONE } },
    stays: [],
    unknown: [],
    ...what,
  }
}

export const abort: GcAbort = {
  kind: 'revision-link-invalid',
  path: '/srv/docker/registry/v2/repositories/team/app/_manifests/revisions/sha256/aa/link',
  repository: 'team/app',
  error: 'failed to mark: team/app: invalid checksum digest format',
  phase: 'mark',
  deletedBefore: { manifests: 0, blobs: 0, isExact: true, layerLinks: 0 },
}

export const breakage: GcBreakage = {
  repository: 'infra/ci',
  tag: 'latest',
  digest: digest('index'),
  becomes: 'unpullable',
  platforms: ['linux/amd64', 'linux/arm64'],
  through: [
    {
      digest: digest('amd64'),
      is: 'manifest',
      loses: 'revision',
      path: '/srv/docker/registry/v2/repositories/infra/ci/_manifests/revisions/sha256/bb',
    },
    {
      digest: digest('arm64'),
      is: 'manifest',
      loses: 'revision',
      path: '/srv/docker/registry/v2/repositories/infra/ci/_manifests/revisions/sha256/cc',
    },
  ],
  intended: false,
}

/** A collection that does nothing. */
export function safe(run: GcRun): CollectionPreview {
  return { outcome: outcomeOf(run), verdict: 'safe', broken: [], intended: 0, deployed: [] }
}

/** A registry in which a file stops some collections, and one breaks a deployed image. */
export function hurtPreview(): Preview {
  const broken = [breakage, { ...breakage, tag: 'v1' }]
  const freed = {
    blobs: 12,
    bytes: 3_400_000_000,
    byRepository: [
      { repository: 'infra/ci', own: { blobs: 10, bytes: 3_000_000_000 }, shared: { blobs: 2, bytes: 400_000_000 } },
    ],
    byCause: {
      untagged: { blobs: 11, bytes: 3_300_000_000 },
      unlinked: { blobs: 1, bytes: 100_000_000 },
      uploads: NONE,
      unseen: NONE,
    },
  }
  const image = {
    text: 'registry.example.com/infra/ci:latest',
    repository: 'infra/ci',
    wanted: 'latest',
    running: [],
    usedBy: ['compose.yaml:3: service runner'],
  }
  return {
    target: '/srv',
    registry: 'private',
    stored: { repositories: 2, tags: 3, blobs: 40, bytes: 9_000_000_000 },
    collections: [
      {
        outcome: outcomeOf(runOf('2.8', false), { aborts: [abort] }),
        verdict: 'aborts',
        broken: [],
        intended: 0,
        deployed: [],
      },
      {
        outcome: outcomeOf(runOf('2.8', true), { broken, freed }),
        verdict: 'breaks',
        broken,
        intended: 3,
        deployed: [{ image, breakage }],
      },
      safe(runOf('3', false)),
      {
        outcome: outcomeOf(runOf('3', true), {
          stays: [{ kind: 'uploads', count: 2, bytes: 5_000_000, byRepository: [] }],
        }),
        verdict: 'safe',
        broken: [],
        intended: 3,
        deployed: [],
      },
    ],
    readiness: [],
    deployed: { images: 1, absent: [] },
    unchecked: [],
    complete: true,
  }
}

/** A target with the findings of its preview. */
export function previewed(preview: Preview): PreviewedTarget {
  return { is: 'previewed', preview, findings: reportedFindings(preview) }
}

export const finishedRun: PreviewRun = {
  version: '0.1.0',
  startedAt: new Date('2026-11-28T02:00:00Z'),
  finishedAt: new Date('2026-11-28T02:00:01Z'),
  verdict: 'breaks',
  complete: true,
  exposition: '',
}
