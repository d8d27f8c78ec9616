import type { GcRun } from '../../gc/outcome.ts'
import type { Preview } from '../../gc/preview/preview.ts'
import { PREFIX } from '../catalogue.ts'
import { exposition } from '../exposition.ts'
import type { FamilyGroup } from '../family.ts'
import type { Links } from '../links.ts'
import { identityOf, type RunMetrics, type TargetMetrics } from '../metrics.ts'
import type { Labels, Sample, SeriesIdentity } from '../samples.ts'
import { PREVIEW_FAMILIES, type PreviewFamilyName } from './preview-families.ts'

/** The profile of previews: their series stand beside those of scans, in a group and in files of their own. */
const PREVIEW_PROFILE = 'gc-preview'

/** Settings of the metrics of a preview. */
export interface PreviewMetricsOptions {
  /** Seconds between two runs. */
  readonly interval: number
  readonly links: Links
}

/** One registry of a run. `preview` is missing if it could not be read. */
export interface PreviewedRegistry {
  readonly registry: string
  readonly preview: Preview | undefined
  readonly complete: boolean
}

/** The metrics of a run. */
export async function previewMetrics(
  registries: readonly PreviewedRegistry[],
  options: PreviewMetricsOptions,
  finishedAt: Date,
): Promise<RunMetrics> {
  const made = registries.map((each) => {
    const identity = identityOf(each.registry, { profile: PREVIEW_PROFILE, shard: undefined })
    return { each, identity, samples: samplesOf(each, identity, options, finishedAt.getTime() / 1000) }
  })
  return {
    whole: await exposition(made.flatMap(({ each, samples }) => samples.of(...groupsOf(each)))),
    targets: await Promise.all(made.map(({ each, identity, samples }) => targetOf(each, identity, samples))),
  }
}

/** An incomplete run with findings replaces what is known of those: there may be more. */
function groupsOf({ complete, preview }: PreviewedRegistry): readonly FamilyGroup[] {
  if (complete) return ['run', 'findings', 'result']
  return hasFindings(preview) ? ['run', 'findings'] : ['run']
}

function hasFindings(preview: Preview | undefined): boolean {
  return preview?.collections.some(({ verdict }) => verdict === 'aborts' || verdict === 'breaks') ?? false
}

async function targetOf(
  each: PreviewedRegistry,
  identity: SeriesIdentity,
  samples: PreviewSamples,
): Promise<TargetMetrics> {
  const run = await exposition(samples.of('run'))
  if (each.complete)
    return { is: 'complete', identity, run, result: await exposition(samples.of('findings', 'result')) }
  if (!hasFindings(each.preview)) return { is: 'partial', identity, run }
  return { is: 'partial', identity, run, findings: await exposition(samples.of('findings')) }
}

function samplesOf(
  { preview, complete }: PreviewedRegistry,
  identity: SeriesIdentity,
  { interval, links: { report, runbooks } }: PreviewMetricsOptions,
  at: number,
): PreviewSamples {
  const samples = new PreviewSamples(identity)
  samples.add('gc_preview_last_run_timestamp_seconds', at)
  samples.add('gc_preview_run_success', complete ? 1 : 0)
  samples.add('gc_preview_run_interval_seconds', interval)
  if (report !== undefined || runbooks !== undefined)
    samples.add('gc_preview_links_info', 1, {
      ...(report !== undefined && { report }),
      ...(runbooks !== undefined && { runbooks }),
    })
  for (const { outcome, broken, deployed } of preview?.collections ?? []) {
    const labels = labelsOf(outcome.run)
    const tags = broken.filter(({ tag }) => tag !== undefined).length
    samples.add('gc_preview_aborting_files', outcome.aborts.length, labels)
    samples.add('gc_preview_breaking_images', tags, { kind: 'tag', ...labels })
    samples.add('gc_preview_breaking_images', broken.length - tags, { kind: 'digest', ...labels })
    if (preview?.deployed !== undefined) samples.add('gc_preview_breaking_deployed_images', deployed.length, labels)
    samples.add('gc_preview_freed_blobs', outcome.freed.blobs, labels)
    samples.add('gc_preview_freed_bytes', outcome.freed.bytes, labels)
  }
  samples.add('gc_preview_last_success_timestamp_seconds', at)
  return samples
}

function labelsOf({ engine, deleteUntagged }: GcRun): Labels {
  return { engine, delete_untagged: String(deleteUntagged) }
}

class PreviewSamples {
  readonly #identity: Labels
  readonly #groups: Readonly<Record<FamilyGroup, Sample[]>> = { run: [], findings: [], result: [] }

  constructor(identity: SeriesIdentity) {
    this.#identity = { ...identity }
  }

  add(family: PreviewFamilyName, value: number, labels: Labels = {}): void {
    const name = `${PREFIX}${family}`
    this.#groups[PREVIEW_FAMILIES[family].group].push({ name, labels: { ...this.#identity, ...labels }, value })
  }

  of(...groups: readonly FamilyGroup[]): readonly Sample[] {
    return groups.flatMap((group) => this.#groups[group])
  }
}
