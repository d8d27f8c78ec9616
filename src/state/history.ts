import type { PastFinding, ReportedFinding, ScanEvent } from '../check/events.ts'
import { covers, type RememberedFinding, type RememberedRun, type ScanScope } from './memory.ts'
import { HiddenFindings, pathsTo } from './out-of-sight.ts'

/** Facts about a run that are not in its events. */
export interface RunContext {
  readonly profile: string
  /** ISO 8601. */
  readonly now: string
  readonly garbage: boolean
  /** Whether this run checks a repository. */
  readonly looksAt: (registry: string, repository: string) => boolean
}

/** Compares a run with the previous one: which findings are new, still there, or fixed. */
export class History {
  readonly #run: RunContext
  readonly #past: ReadonlyMap<string, RememberedRun>
  readonly #memories: RememberedRun[] = []
  #target: CurrentTarget | undefined
  #seen = new Map<string, RememberedFinding>()
  /** Ids of remembered findings that this run saw, but did not confirm. */
  #seenOnce = new Set<string>()
  #outOfSight = new HiddenFindings()

  constructor(past: readonly RememberedRun[], run: RunContext) {
    this.#run = run
    this.#past = new Map(
      past.filter(({ profile }) => profile === run.profile).map((memory) => [memory.registry, memory]),
    )
  }

  /** Yields the event, with the age of a finding, and before a summary the findings that are fixed or still known. */
  *take(event: ScanEvent): Generator<ScanEvent> {
    if (event.type === 'target') {
      const { registry, depth, against } = event.info
      const known = this.#past.get(registry)?.findings
      this.#target = {
        registry,
        closeness: { depth, garbage: this.#run.garbage, against: against !== undefined },
        known: known && new Map(known.map((finding) => [finding.id, finding])),
        brokenSince: new Map(known?.flatMap((finding) => brokenSince(finding))),
      }
      this.#seen = new Map()
      this.#seenOnce = new Set()
      this.#outOfSight = new HiddenFindings()
    }
    if (event.type === 'finding') {
      yield { ...event, finding: this.#remember(event.finding) }
      return
    }
    if (event.type === 'summary') yield* this.#close(event.complete)
    yield event
  }

  /** What the next run is compared with. A registry that could not be read has no entry: its old one stays valid. */
  get memories(): readonly RememberedRun[] {
    return this.#memories
  }

  #remember(finding: ReportedFinding): ReportedFinding {
    if (!this.#target) return finding
    const { id, code, severity, repository, tag, digest } = finding
    const { known, brokenSince } = this.#target
    const before = known?.get(id)
    // The same object may have failed before under another code.
    const since =
      before?.firstSeen ?? brokenSince.get(objectOf({ severity, repository, tag, digest }) ?? '') ?? this.#run.now
    // The clock was wrong once: `firstSeen` must not lie in the future.
    const firstSeen = Date.parse(since) > Date.parse(this.#run.now) ? this.#run.now : since
    const seenBy = this.#target.closeness
    if (before && !finding.confirmed) this.#seenOnce.add(id)
    this.#outOfSight.add(finding, before !== undefined && !before.isUnseen)
    // A new finding that is not confirmed is not remembered.
    if (finding.confirmed || before)
      this.#seen.set(id, {
        id,
        code,
        severity,
        repository,
        tag,
        digest,
        ...pathsTo(finding),
        firstSeen,
        seenBy,
      })
    return { ...finding, firstSeen, ...(known && { isNew: before === undefined }) }
  }

  /** Handles the remembered findings that this run did not find or did not confirm. */
  *#close(complete: boolean): Generator<ScanEvent> {
    const target = this.#target
    if (!target) return
    const broken = new Set([...this.#seen.values()].map(objectOf))
    const isBroken = (finding: RememberedFinding): boolean => broken.has(objectOf(finding) ?? '')
    const missing = [...(target.known?.values() ?? [])]
      .filter(({ id }) => !this.#seen.has(id))
      .map((finding) => ({ ...finding, hiddenBy: isBroken(finding) ? [] : this.#outOfSight.hiddenBy(finding) }))
    const isLookedFor = ({ repository, seenBy }: RememberedFinding): boolean =>
      covers(target.closeness, seenBy) && (repository === undefined || this.#run.looksAt(target.registry, repository))
    const isInSight = (finding: RememberedFinding): boolean =>
      (finding.hiddenBy ?? []).length === 0 && isLookedFor(finding)
    const isGone = (finding: RememberedFinding): boolean => complete && isInSight(finding)
    const kept = missing
      .filter((finding) => !isGone(finding))
      .map(({ hiddenBy, ...finding }) => ({
        ...finding,
        ...(hiddenBy.length > 0 && { hiddenBy }),
        isUnseen: true as const,
      }))
    const findings = [...this.#seen.values(), ...kept]
    this.#memories.push({ registry: target.registry, profile: this.#run.profile, lastRun: this.#run.now, findings })
    for (const finding of missing)
      if (isGone(finding) && !isBroken(finding)) yield { type: 'fixed', finding: pastFinding(finding) }
    if (complete) return
    const seenOnce = [...this.#seen.values()].filter(({ id }) => this.#seenOnce.has(id))
    for (const finding of [...seenOnce, ...kept.filter((each) => !isBroken(each))])
      if (isInSight(finding)) yield { type: 'still-known', finding: pastFinding(finding) }
  }
}

function pastFinding({ id, code, severity, repository, tag, digest, firstSeen }: RememberedFinding): PastFinding {
  return { id, code, severity, repository, tag, digest, firstSeen }
}

interface CurrentTarget {
  readonly registry: string
  readonly closeness: ScanScope
  /** Findings of the previous run; `undefined`: there was none. */
  readonly known: ReadonlyMap<string, RememberedFinding> | undefined
  /** When each damaged object was first seen, by {@link objectOf}. */
  readonly brokenSince: ReadonlyMap<string, string>
}

/** Identifies the object of an error independently of its code. `undefined` without a tag and a digest. */
function objectOf({
  severity,
  repository,
  tag,
  digest,
}: Pick<RememberedFinding, 'severity' | 'repository' | 'tag' | 'digest'>): string | undefined {
  return severity === 'error' && (tag ?? digest) !== undefined ? JSON.stringify([repository, tag, digest]) : undefined
}

function brokenSince(finding: RememberedFinding): [string, string][] {
  const object = objectOf(finding)
  return object === undefined ? [] : [[object, finding.firstSeen]]
}
