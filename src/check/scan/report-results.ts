import { imageName } from '../../oci/image-name.ts'
import { CAPABILITIES } from '../capabilities.ts'
import type { ReportedFinding, ScanEvent } from '../events.ts'
import type { RepositoryReport } from '../records.ts'
import type { RepairPlace } from '../repair/place.ts'
import { RepairPlanner } from '../repair/plan.ts'
import { reportFinding } from './report-finding.ts'
import type { ScanState } from './scan-state.ts'

/** Reports all findings, with repositories sorted by name. */
export function* reportResults(state: ScanState): Generator<ScanEvent> {
  const planner = new RepairPlanner(repairPlace(state))
  const { registry } = state.source
  for (const report of state.results.sorted()) yield* reportRepository(state, report, planner)
  for (const found of state.garbage) {
    const finding = reportFinding(found, { registry, confirmed: state.isConfirmed, repair: planner.add(found) })
    yield { type: 'finding', finding }
  }
  for (const record of state.allPlaces()) yield { type: 'unchecked', record }
  const plan = planner.plan()
  if (plan.steps.length + plan.beyond.length > 0) yield { type: 'repairs', plan }
  yield {
    type: 'summary',
    totals: state.totals(),
    complete: state.isComplete,
    stopped: state.isStopped,
    ...(state.untagged !== undefined && { untagged: state.untagged }),
    garbage: state.garbageSearch,
    coverage: state.coverage(),
  }
}

/** Yields findings one at a time, so that a signal is handled between two events. */
function* reportRepository(state: ScanState, report: RepositoryReport, planner: RepairPlanner): Generator<ScanEvent> {
  const { repository, findings, tags, unchecked } = report
  const { registry } = state.source
  const confirmed = state.isConfirmed && !state.unconfirmed.has(repository)
  const ids = new IdsByTag()
  for (const found of findings) {
    const finding = reportFinding(found, { registry, confirmed, repair: planner.add(found) })
    ids.add(finding)
    yield { type: 'finding', finding }
  }
  for (const record of tags) {
    if (record.verdict === 'intact' && state.isUnproved) continue
    yield { type: 'tag', record, findings: ids.of(record.tag) }
  }
  for (const record of unchecked) yield { type: 'unchecked', record }
}

/** The registry that the plan repairs, and the digest of each affected tag. */
function repairPlace({ source, options, results }: ScanState): RepairPlace {
  const { kind, target, against, storage } = source
  const digests = new Map<string, string>()
  for (const { repository, tags, findings } of results.sorted()) {
    for (const { tag, digest } of tags) if (digest !== undefined) digests.set(imageName(repository, tag), digest)
    for (const { tag, evidence } of findings) {
      const digest = evidence.digest ?? evidence.lastPushed
      if (tag !== undefined && digest !== undefined) digests.set(imageName(repository, tag), digest)
    }
  }
  return {
    kind,
    depth: options.depth,
    pullThrough: options.pullThrough,
    url: CAPABILITIES[kind].seesAnswers ? target : (against ?? options.registryUrl),
    quarantine: storage?.quarantine,
    absolute: storage?.absolute ?? ((path) => path),
    digestOf: (repository, tag) => digests.get(imageName(repository, tag)),
  }
}

/** The ids of the findings that affect each tag, in order. */
class IdsByTag {
  readonly #ids = new Map<string, string[]>()

  add({ id, tags }: ReportedFinding): void {
    for (const tag of tags) {
      const known = this.#ids.get(tag)
      if (known) known.push(id)
      else this.#ids.set(tag, [id])
    }
  }

  of(tag: string): readonly string[] {
    return this.#ids.get(tag) ?? []
  }
}
