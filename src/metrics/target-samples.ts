import { CAPABILITIES } from '../check/capabilities.ts'
import { FINDINGS } from '../check/findings/catalogue.ts'
import type { FindingCode, GarbageKind } from '../check/findings/code.ts'
import { type Depth, reaches } from '../check/rules.ts'
import type { TargetEnding, TargetTally } from './facts.ts'
import {
  CATALOG_ERRORS,
  ERROR_CODES,
  GARBAGE_KINDS,
  INCONCLUSIVE,
  MODES,
  OTHER,
  SKIPPED,
  WORST,
} from './label-values.ts'
import type { Links } from './links.ts'
import { type SeriesIdentity, TargetSamples } from './samples.ts'
import { worstOf } from './worst.ts'

/** Facts about a run that are not in its events. */
export interface MetricsOptions {
  /** The name of this scan configuration, where there are several for one registry. */
  readonly profile?: string | undefined
  /** The slice of the repositories that this run scans. */
  readonly shard?: string | undefined
  /** Seconds between two runs. */
  readonly interval?: number | undefined
  /** The number of repositories with their own series; 0: none. */
  readonly worst?: number | undefined
  /** Whether the repositories are given by name, so that the catalog is not read. */
  readonly repositoriesAreNamed?: boolean
  /** Adds the shell probe's own names. */
  readonly legacy?: boolean
  readonly links?: Links
  /** Revision of the source code. */
  readonly revision?: string | undefined
  readonly nodeVersion: string
}

/** The times of a run, and the version that ran. */
export interface RunTimes {
  readonly version: string
  readonly startedAt: Date
  readonly finishedAt: Date
}

/** All series of one target. */
export function samplesOf(
  facts: TargetTally,
  identity: SeriesIdentity,
  options: MetricsOptions,
  run: RunTimes,
): TargetSamples {
  const samples = new TargetSamples(identity)
  addRun(samples, facts, options, run)
  addCatalog(samples, facts, options)
  addInconclusive(samples, facts)
  addFindings(samples, facts, options)
  addCoverage(samples, facts, run)
  addSkipped(samples, facts)
  addGarbage(samples, facts)
  if (options.legacy) addLegacy(samples, facts, run)
  return samples
}

function addRun(samples: TargetSamples, facts: TargetTally, options: MetricsOptions, run: RunTimes): void {
  const { info, summary } = facts
  samples.add('last_run_timestamp_seconds', seconds(run.finishedAt.getTime()))
  samples.add('run_success', facts.isComplete ? 1 : 0)
  samples.add('run_duration_seconds', seconds(run.finishedAt.getTime() - run.startedAt.getTime()))
  if (options.interval !== undefined) samples.add('run_interval_seconds', options.interval)
  for (const [stage, took] of Object.entries(summary?.coverage.durations ?? {}))
    samples.add('stage_duration_seconds', seconds(Math.round(took)), { stage: stage.replace('-', '_') })
  const { nodeVersion, revision } = options
  const known = revision === undefined ? {} : { revision }
  samples.add('build_info', 1, { version: run.version, ...known, nodeversion: nodeVersion })
  const mode = MODES[info.against === undefined ? info.kind : 'against']
  samples.add('config_info', 1, { mode, depth: info.depth })
  addLinks(samples, options.links)
}

/** Adds `links_info`, unless no link is set. */
export function addLinks(samples: TargetSamples, { report, runbooks }: Links = {}): void {
  if (report === undefined && runbooks === undefined) return
  samples.add('links_info', 1, { ...(report !== undefined && { report }), ...(runbooks !== undefined && { runbooks }) })
}

function addCatalog(samples: TargetSamples, { info, ending }: TargetTally, options: MetricsOptions): void {
  if (ending === undefined || (!CAPABILITIES[info.kind].seesStorage && options.repositoriesAreNamed)) return
  if (isStoppedEarly(ending)) return
  const failure = ending.type === 'unreadable' ? (ending.because ?? 'storage') : undefined
  samples.add('catalog_accessible', failure === undefined ? 1 : 0)
  for (const reason of CATALOG_ERRORS) samples.add('catalog_error', reason === failure ? 1 : 0, { reason })
}

/** Stopped before the first repository, so that it is unknown whether the listing works. */
function isStoppedEarly(ending: TargetEnding): boolean {
  return ending.type === 'summary' && ending.stopped && ending.totals.repositories === 0
}

function addInconclusive(samples: TargetSamples, { inconclusive }: TargetTally): void {
  const places = inconclusive.get('place')
  // A 0 for each reason, so that the value of an earlier run does not stay on the Pushgateway.
  for (const reason of Object.values(INCONCLUSIVE))
    samples.add('inconclusive_objects', places?.get(reason) ?? 0, { kind: 'place', reason })
  for (const [kind, reasons] of inconclusive)
    if (kind !== 'place')
      for (const [reason, objects] of reasons) samples.add('inconclusive_objects', objects, { kind, reason })
}

function addFindings(samples: TargetSamples, facts: TargetTally, { worst = WORST }: MetricsOptions): void {
  const { errors, failing, summary } = facts
  if (summary === undefined) return
  for (const reason of ERROR_CODES) {
    const found = errors.get(reason)
    if (found !== undefined || (facts.isComplete && wouldBeSeen(reason, facts)))
      samples.add('failures', found ?? 0, { reason })
  }
  samples.add('unpullable_tags', summary.totals.tags.unpullable)
  samples.add('degraded_tags', summary.totals.tags.degraded)
  samples.add('failing_repositories', failing.size)
  if (worst > 0) {
    const { named, others } = worstOf(failing, worst)
    for (const [repository, found] of named) samples.add('repository_failures', found, { repository })
    samples.add('repository_failures', others, { repository: OTHER })
  }
  if (facts.oldestError !== undefined) samples.add('oldest_failure_timestamp_seconds', seconds(facts.oldestError))
}

/** Whether a complete scan without findings of this code proves that there are none. */
function wouldBeSeen(code: FindingCode, { info }: TargetTally): boolean {
  const { provedFrom } = FINDINGS[code]
  if (provedFrom === undefined || !reaches(info.depth, provedFrom.depth)) return false
  switch (provedFrom.by) {
    case 'any':
      return true
    case 'api':
      return CAPABILITIES[info.kind].seesAnswers || info.against !== undefined
    case 'against':
      return info.against !== undefined
  }
}

function addCoverage(samples: TargetSamples, { info, summary }: TargetTally, run: RunTimes): void {
  if (summary === undefined) return
  const { totals, coverage } = summary
  const { checked, storage } = coverage
  const tags = totals.tags.intact + totals.tags.degraded + totals.tags.unpullable
  samples.add('last_success_timestamp_seconds', seconds(run.finishedAt.getTime()))
  samples.add('repositories', totals.repositories)
  samples.add('tags', tags + totals.tags.unchecked)
  const add = (kind: string, objects: number): void => {
    samples.add('checked_objects', objects, { kind })
  }
  add('repository', totals.repositories)
  add('tag', tags)
  add('index', checked.indexes)
  add('manifest', checked.manifests)
  if (info.depth !== 'graph') {
    add('config', checked.configs)
    add('layer', checked.layers)
    if (CAPABILITIES[info.kind].seesStorage) add('layer_link', checked.layerLinks)
  }
  if (info.depth === 'content') add('blob', checked.configs + checked.layers)
  samples.add('checked_bytes', coverage.checkedBytes)
  if (storage) {
    samples.add('storage_blobs', storage.blobs)
    samples.add('storage_bytes', storage.bytes)
  }
}

function addSkipped(samples: TargetSamples, { info, skipped }: TargetTally): void {
  const add = (kind: 'place' | 'manifest' | 'config' | 'layer', reason: string): void => {
    samples.add('skipped_objects', skipped.get(kind)?.get(reason) ?? 0, { kind, reason })
  }
  if (CAPABILITIES[info.kind].seesStorage) add('place', SKIPPED.NOT_SEARCHED)
  for (const reason of [SKIPPED.ALGORITHM_UNKNOWN, SKIPPED.TOO_DEEP]) add('manifest', reason)
  if (info.depth === 'graph') return
  for (const kind of ['config', 'layer'] as const) add(kind, SKIPPED.ALGORITHM_UNKNOWN)
}

function addGarbage(samples: TargetSamples, facts: TargetTally): void {
  for (const kind of GARBAGE_KINDS) {
    if (!isLookedFor(kind, facts, facts.info.depth)) continue
    const { objects, bytes } = facts.garbage.get(kind) ?? { objects: 0, bytes: 0 }
    samples.add('garbage_objects', objects, { kind })
    if (!kind.endsWith('_link_orphan')) samples.add('garbage_bytes', bytes, { kind })
  }
}

function isLookedFor(kind: GarbageKind, { info, summary }: TargetTally, depth: Depth): boolean {
  if (!CAPABILITIES[info.kind].seesStorage || summary === undefined) return false
  switch (kind) {
    case 'layer_link_orphan':
      return depth !== 'graph'
    case 'revision_link_orphan':
      return true
    case 'blob_unreferenced':
      return summary.garbage === 'all'
    case 'upload_abandoned':
    case 'crash_debris':
      return summary.garbage !== 'none'
  }
}

function addLegacy(samples: TargetSamples, { ending, summary, errors }: TargetTally, run: RunTimes): void {
  if (ending === undefined || !isStoppedEarly(ending))
    samples.addLegacy('registry_manifest_integrity_catalog_accessible', summary ? 1 : 0)
  samples.addLegacy('registry_manifest_integrity_last_run_timestamp', seconds(run.finishedAt.getTime()))
  if (!summary) return
  const { totals, coverage } = summary
  const tags = Object.values(totals.tags).reduce((sum, count) => sum + count, 0)
  const failures = [...errors.values()].reduce((sum, count) => sum + count, 0)
  samples.addLegacy('registry_manifest_integrity_failures', failures)
  samples.addLegacy('registry_manifest_integrity_repos_checked', totals.repositories)
  samples.addLegacy('registry_manifest_integrity_tags_checked', tags)
  samples.addLegacy('registry_manifest_integrity_indexes_checked', coverage.checked.indexes)
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000
}
