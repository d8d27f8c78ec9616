import type { PastFinding, ScanEvent, ToldFinding } from '../check/events.ts'
import { covers, type RememberedFinding, type RememberedRun, type ScanScope } from './memory.ts'
import { HiddenFindings, pathsTo } from './out-of-sight.ts'

/** What a run knows beside its events. */
export interface RunContext {
  readonly profile: string
  /** ISO 8601. */
  readonly now: string
  readonly garbage: boolean
  /** Whether a repository was to be looked at in this run. */
  readonly looksAt: (registry: string, repository: string) => boolean
}

/** Holds a run against the one before: what is new, what is still there, what is gone. */
export class History {
  readonly #run: RunContext
  readonly #past: ReadonlyMap<string, RememberedRun>
  readonly #memories: RememberedRun[] = []
  #target: CurrentTarget | undefined
  #seen = new Map<string, RememberedFinding>()
  /** Ids of what is known, and was seen by this run, but not twice. */
  #seenOnce = new Set<string>()
  #outOfSight = new HiddenFindings()

  constructor(past: readonly RememberedRun[], run: RunContext) {
    this.#run = run
    this.#past = new Map(
      past.filter(({ profile }) => profile === run.profile).map((memory) => [memory.registry, memory]),
    )
  }

  /** The event as it is to be told, and what is to be told before it. */
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

  /** What the next run is to know. Of a registry about which nothing could be said nothing changes. */
  get memories(): readonly RememberedRun[] {
    return this.#memories
  }

  #remember(finding: ToldFinding): ToldFinding {
    if (!this.#target) return finding
    const { id, code, severity, repository, tag, digest } = finding
    const { known, brokenSince } = this.#target
    const before = known?.get(id)
    // The object is as old a failure under another code.
    const since =
      before?.firstSeen ?? brokenSince.get(objectOf({ severity, repository, tag, digest }) ?? '') ?? this.#run.now
    // Once the clock went wrong; nothing is first seen in times to come.
    const firstSeen = Date.parse(since) > Date.parse(this.#run.now) ? this.#run.now : since
    const seenBy = this.#target.closeness
    if (before && !finding.confirmed) this.#seenOnce.add(id)
    this.#outOfSight.add(finding, before !== undefined && !before.isUnseen)
    // What nobody has looked at twice is not remembered: it may be nothing.
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

  /** What an earlier run found, and this one did not find, or not twice. */
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
      if (isGone(finding) && !isBroken(finding)) yield { type: 'fixed', finding: told(finding) }
    if (complete) return
    const seenOnce = [...this.#seen.values()].filter(({ id }) => this.#seenOnce.has(id))
    for (const finding of [...seenOnce, ...kept.filter((each) => !isBroken(each))])
      if (isInSight(finding)) yield { type: 'still-known', finding: told(finding) }
  }
}

function told({ id, code, severity, repository, tag, digest, firstSeen }: RememberedFinding): PastFinding {
  return { id, code, severity, repository, tag, digest, firstSeen }
}

interface CurrentTarget {
  readonly registry: string
  readonly closeness: ScanScope
  /** Of the run before; `undefined` where there was none. */
  readonly known: ReadonlyMap<string, RememberedFinding> | undefined
  /** When what is broken was first seen to be, by {@link objectOf}. */
  readonly brokenSince: ReadonlyMap<string, string>
}

/** What an error is about, whatever it is called; what has neither tag nor digest has only its own name. */
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
