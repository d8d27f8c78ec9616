import { imageName } from '../../oci/image-name.ts'
import { compareText } from '../compare-text.ts'
import type { GarbageSearch, ScanEvent, Stage, TargetTotals, ToldFinding, UntaggedRevisions } from '../events.ts'
import type { Finding } from '../findings/finding.ts'
import type { Coverage } from '../judge/coverage.ts'
import { isComplete, type RepositoryReport, suspectsOf, type UncheckedRecord } from '../judge/judge.ts'
import { unproved } from '../judge/target-totals.ts'
import type { RepairPlace } from '../repair/place.ts'
import { RepairPlanner } from '../repair/plan.ts'
import type { Rules } from '../rules.ts'
import { type Look, type Source, type Storage, type Suspects, TargetError } from '../source.ts'
import { Mailbox } from './async-queue.ts'
import { inParallel } from './in-parallel.ts'
import { tell } from './report-finding.ts'
import { Results } from './results.ts'
import type { SelectionCheck } from './selection.ts'
import { lostTarget, StillThere } from './still-there.ts'

export interface ScanOptions {
  /** The rules for one repository, or `undefined` where it is not to be looked at. */
  readonly rulesFor: (repository: string) => Rules | undefined
  readonly depth: Rules['depth']
  readonly pullThrough: boolean
  /** Every revision counts where the whole registry has no tag; left out, `rulesFor` decides alone. */
  readonly countsUntagged?: boolean
  readonly allTags: boolean
  /** Where clients reach the registry whose storage is scanned, if anybody knows. */
  readonly registryUrl?: string | undefined
  /** What to call the slice to which `rulesFor` narrows the scan. */
  readonly shard?: string
  readonly garbage: boolean
  /** Waits before a second look; ends early where the scan is stopped. */
  readonly pause: (signal: AbortSignal) => Promise<void>
  /** Ends a moment after the signal: what is under way by then is not waited for. */
  readonly patience: Promise<void>
  /** Places that could not be listed while the target was looked for. */
  readonly unlisted?: readonly UncheckedRecord[]
  /** What was asked for, where it was narrowed down. */
  readonly selection?: SelectionCheck | undefined
  /** Whether other targets are looked at too, in which a pattern may find what it does not find here. */
  readonly isOneOfSeveral?: boolean
  /** Milliseconds that have passed since any one moment. Left out: no stage is timed. */
  readonly clock?: () => number
  /** The stack of an error as a bug report should have it. Left out: as the engine writes it. */
  readonly stackOf?: (error: Error) => string
}

/** Scan one target: look at every repository, look again at what seems wrong, then tell. */
export async function* scan(source: Source, options: ScanOptions, signal: AbortSignal): AsyncGenerator<ScanEvent> {
  const { target, registry, kind, against } = source
  const { depth, pullThrough, shard } = options
  yield {
    type: 'target',
    info: {
      target,
      registry,
      kind,
      depth,
      pullThrough,
      ...(against !== undefined && { against }),
      ...(shard !== undefined && { shard }),
    },
  }
  const run = new Run(source, options, signal)
  try {
    yield* run.timed('walk', run.firstLooks())
    yield* run.timed('content', run.settle())
    await run.decideOnUntagged()
    yield* run.timed('second-look', run.lookAgain())
    if (options.garbage) await run.collectGarbage()
    await run.finish()
    yield* run.report()
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    // Whoever is told to stop has found out nothing about the target; one that takes all the time there is does not answer.
    const isLate = signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
    if (signal.aborted && !isLate) yield* run.reportEarly()
    else yield { type: 'unreadable', reason: error.message, because: error.because }
  }
}

class Run {
  readonly #source: Source
  readonly #options: ScanOptions
  readonly #signal: AbortSignal
  readonly #results: Results
  readonly #places: UncheckedRecord[] = []
  readonly #garbage: Finding[] = []
  readonly #durations: Partial<Record<Stage | 'garbage', number>> = {}
  #storage: Storage | undefined
  /** Of the bytes that the first looks put off, those that were read. */
  #settledBytes = 0
  #garbageSearch: GarbageSearch = 'none'
  #confirmed = true
  /** Repositories whose first look stands, because a later one found less and was not to be believed. */
  readonly #unconfirmed = new Set<string>()
  readonly #stillThere: StillThere
  #stopped = false
  #untagged: UntaggedRevisions | undefined
  /** Whether the bytes that the first looks put off were read to the end. */
  #proved = false

  constructor(source: Source, options: ScanOptions, signal: AbortSignal) {
    this.#source = source
    this.#options = options
    this.#places.push(...(options.unlisted ?? []))
    this.#signal = signal
    this.#results = new Results(options.depth)
    this.#stillThere = new StillThere(source, signal, options.patience)
  }

  async *timed(stage: Stage, work: AsyncGenerator<ScanEvent>): AsyncGenerator<ScanEvent> {
    const start = this.#options.clock?.() ?? 0
    yield* work
    this.#ended(stage, start)
  }

  #ended(stage: Stage | 'garbage', start: number): void {
    const { clock, depth } = this.#options
    const wasIdle =
      (stage === 'content' && depth !== 'content') || (stage === 'second-look' && this.#results.suspects.size === 0)
    if (clock && !wasIdle) this.#durations[stage] = clock() - start
  }

  async *firstLooks(): AsyncGenerator<ScanEvent> {
    const names = this.#wanted()
    yield* this.#inParallel(names, 'walk', undefined, async (repository) => {
      const report = await this.#look(repository, { again: false, believed: undefined })
      if (report) this.#results.keep(report)
    })
    if (!this.#signal.aborted) this.#source.afterFirstLooks?.()
  }

  async *settle(): AsyncGenerator<ScanEvent> {
    if (this.#options.depth !== 'content' || this.#signal.aborted) return
    const progress = new Mailbox<ScanEvent>()
    void this.#options.patience.then(() => {
      progress.close()
    })
    const settled = this.#source
      .settle((done, total) => {
        this.#settledBytes = done
        progress.put({ type: 'progress', stage: 'content', done, total })
      }, this.#signal)
      .finally(() => {
        progress.close()
      })
    settled.catch(() => undefined) // reported when we await it below
    yield* progress
    const suspects = await Promise.race([settled, this.#options.patience.then((): Suspects => new Map())])
    for (const [repository, subjects] of suspects) this.#results.suspect(repository, subjects)
    this.#proved = !this.#signal.aborted
  }

  /**
   * A registry with revisions and not one tag keeps its tags elsewhere, as Harbor and OpenShift do, or has lost them. Either
   * way its revisions are all that can be pulled. A slice or a selection does not change what the registry is.
   */
  async decideOnUntagged(): Promise<void> {
    const { intact, degraded, unpullable, unchecked } = this.#results.totals().tags
    if (this.#signal.aborted || intact + degraded + unpullable + unchecked > 0 || !this.#results.holdRevisions) return
    if ((await this.#source.holdsTags?.()) !== false) return
    this.#untagged = this.#options.countsUntagged ? 'counted' : 'not-counted'
    if (this.#untagged === 'counted') this.#results.suspectFindings()
  }

  /** Everything suspect once more, and what is then new once more again; what is new even then is not believed. */
  async *lookAgain(): AsyncGenerator<ScanEvent> {
    const still = await this.#stillThere.ask([])
    if (this.#stillThere.lost) {
      this.#confirmed = false
      this.#proved = false
      // What could not be looked at was told already: then the target is incomplete, as it would be without the loss.
      if (this.#results.areEmpty && this.#results.areComplete) throw lostTarget(this.#stillThere.lost)
    }
    // Seen as empty once, when the registry may have been away.
    for (const repository of still?.back ?? []) this.#results.suspect(repository, new Set())
    let pending = still ? [...this.#results.suspects.keys()] : []
    for (const last of [false, true]) {
      if (pending.length === 0 || this.#signal.aborted) break
      await this.#options.pause(this.#signal)
      const looked: RepositoryReport[] = []
      yield* this.#inParallel(pending.sort(compareText), 'second-look', pending.length, async (repository) => {
        const before = this.#results.suspects.get(repository) ?? new Set()
        const report = await this.#look(repository, { again: true, believed: last ? before : undefined })
        if (report) looked.push(report)
      })
      pending = await this.#believe(looked)
    }
    if (this.#stillThere.lost) this.#confirmed = false
    else if (this.#signal.aborted) this.#confirmed = this.#results.suspects.size === 0
    else for (const repository of pending) this.#unsettled(repository)
  }

  /**
   * Take later looks in the place of earlier ones, where what they no longer found may be dropped.
   * @returns what has to be looked at once more
   */
  async #believe(looked: readonly RepositoryReport[]): Promise<string[]> {
    const still = await this.#stillThere.ask(
      looked.filter((report) => this.#results.lose(report)).map(({ repository }) => repository),
    )
    if (!still) return []
    const moved = new Set(still.back)
    for (const report of looked) {
      const { repository } = report
      if (still.lost.has(repository)) {
        this.#unconfirmed.add(repository)
        continue
      }
      const before = this.#results.suspects.get(repository) ?? new Set()
      const now = suspectsOf(report)
      if ([...now].some((subject) => !before.has(subject))) moved.add(repository)
      this.#results.replace(report)
      this.#results.suspect(repository, now)
    }
    return [...moved]
  }

  #unsettled(repository: string): void {
    this.#places.push({ repository, because: 'MOVED', detail: 'changed each time it was checked' })
  }

  /** Everything is done that will be done. */
  async finish(): Promise<void> {
    // What was looked at since the registry was last known to be there.
    if (this.#garbageSearch !== 'none') await this.#stillThere.ask([])
    if (this.#stillThere.lost) {
      this.#garbage.length = 0
      this.#storage = undefined
      this.#garbageSearch = 'none'
    }
    if (this.#signal.aborted) this.#stopped = true
  }

  /** Nothing more will be done, and nothing was looked at twice. */
  *reportEarly(): Generator<ScanEvent> {
    this.#stopped = true
    this.#confirmed = this.#results.suspects.size === 0
    yield* this.report()
  }

  async collectGarbage(): Promise<void> {
    if (!this.#source.garbage || this.#signal.aborted || this.#stillThere.lost) return
    const start = this.#options.clock?.() ?? 0
    const { manifests } = this.#totals()
    const known = this.#isComplete() && manifests.damaged + manifests.skipped === 0
    this.#garbageSearch = known ? 'all' : 'uploads-only'
    const { findings, unchecked, storage } = await this.#source.garbage(known)
    for (const finding of findings) this.#garbage.push(finding)
    for (const record of unchecked) this.#places.push(record)
    this.#storage = storage
    this.#ended('garbage', start)
  }

  *report(): Generator<ScanEvent> {
    const planner = new RepairPlanner(this.#repairPlace())
    const { registry } = this.#source
    for (const { repository, findings, tags, unchecked } of this.#results.sorted()) {
      const confirmed = this.#confirmed && !this.#unconfirmed.has(repository)
      const ids = new IdsByTag()
      // One at a time: between two events a signal is heard.
      for (const found of findings) {
        const finding = tell(found, { registry, confirmed, repair: planner.add(found) })
        ids.add(finding)
        yield { type: 'finding', finding }
      }
      for (const record of tags) {
        if (record.verdict === 'intact' && this.#isUnproved()) continue
        yield { type: 'tag', record, findings: ids.of(record.tag) }
      }
      for (const record of unchecked) yield { type: 'unchecked', record }
    }
    for (const finding of this.#garbage) {
      const repair = planner.add(finding)
      yield { type: 'finding', finding: tell(finding, { registry, confirmed: this.#confirmed, repair }) }
    }
    for (const record of [...this.#places, ...this.#stillThere.places]) yield { type: 'unchecked', record }
    const plan = planner.plan()
    if (plan.steps.length + plan.beyond.length > 0) yield { type: 'repairs', plan }
    const complete = this.#isComplete()
    const { checked, checkedBytes } = this.#coverage()
    yield {
      type: 'summary',
      totals: this.#totals(),
      complete,
      stopped: this.#stopped,
      ...(this.#untagged !== undefined && { untagged: this.#untagged }),
      garbage: this.#garbageSearch,
      coverage: {
        checked,
        checkedBytes,
        ...(this.#storage && { storage: this.#storage }),
        durations: this.#durations,
      },
    }
  }

  /** Where the plan is to be carried out, and which digest each tag that is hit named. */
  #repairPlace(): RepairPlace {
    const { kind, target, against, storage } = this.#source
    const digests = new Map<string, string>()
    for (const { repository, tags, findings } of this.#results.sorted()) {
      for (const { tag, digest } of tags) if (digest !== undefined) digests.set(imageName(repository, tag), digest)
      for (const { tag, evidence } of findings) {
        const digest = evidence.digest ?? evidence.lastPushed
        if (tag !== undefined && typeof digest === 'string') digests.set(imageName(repository, tag), digest)
      }
    }
    return {
      kind,
      depth: this.#options.depth,
      pullThrough: this.#options.pullThrough,
      url: kind === 'api' ? target : (against ?? this.#options.registryUrl),
      quarantine: storage?.quarantine,
      absolute: storage?.absolute ?? ((path) => path),
      digestOf: (repository, tag) => digests.get(imageName(repository, tag)),
    }
  }

  #coverage(): Pick<Coverage, 'checked' | 'checkedBytes'> {
    const { checked, manifestBytes, blobBytes } = this.#results.coverage()
    // Where reading was not put off, the looks have read it.
    const atOnce = this.#options.depth === 'content' && this.#source.kind === 'api' ? blobBytes : 0
    return { checked, checkedBytes: manifestBytes + atOnce + this.#settledBytes }
  }

  #totals(): TargetTotals {
    const totals = this.#results.totals()
    return this.#isUnproved() ? unproved(totals) : totals
  }

  #isUnproved(): boolean {
    return this.#options.depth === 'content' && !this.#proved
  }

  #isComplete(): boolean {
    const places = [...this.#places, ...this.#stillThere.places]
    return !this.#stopped && isComplete(places) && this.#results.areComplete
  }

  async *#wanted(): AsyncGenerator<string> {
    for await (const found of this.#source.repositories(this.#signal)) {
      if (this.#signal.aborted) return
      if (typeof found !== 'string') this.#places.push(found)
      else {
        this.#options.selection?.see(found)
        if (this.#options.rulesFor(found)) yield found
      }
    }
    const { selection, isOneOfSeveral = false } = this.#options
    for (const record of selection?.missing(!isOneOfSeveral) ?? []) this.#places.push(record)
  }

  async #look(repository: string, how: Pick<Look, 'again' | 'believed'>): Promise<RepositoryReport | undefined> {
    const given = this.#options.rulesFor(repository)
    if (!given) return undefined
    const rules: Rules = this.#untagged === 'counted' ? { ...given, roots: 'revisions' } : given
    const { allTags } = this.#options
    try {
      return await this.#source.look(repository, { ...how, rules, allTags, signal: this.#signal })
    } catch (error) {
      if (error instanceof TargetError || this.#signal.aborted) throw error
      this.#failed(repository, error)
      return undefined
    }
  }

  /** A bug in the look at one repository says nothing about the others: what was found of it before stands as seen once. */
  #failed(repository: string, error: unknown): void {
    this.#unconfirmed.add(repository)
    this.#places.push({ repository, because: 'INTERNAL_ERROR', detail: bugText(error, this.#options.stackOf) })
  }

  /** Work on several at one time, and tell how far it is. */
  async *#inParallel(
    items: Iterable<string> | AsyncIterable<string>,
    stage: Stage,
    total: number | undefined,
    work: (item: string) => Promise<void>,
  ): AsyncGenerator<ScanEvent> {
    const { patience } = this.#options
    const told = (done: number): ScanEvent => ({ type: 'progress', stage, done, total })
    yield* inParallel(items, { width: this.#source.width, signal: this.#signal, patience, told }, work)
    if (this.#signal.aborted) this.#stopped = true
  }
}

/** The findings that reach each tag, in their order. */
class IdsByTag {
  readonly #ids = new Map<string, string[]>()

  add({ id, tags }: ToldFinding): void {
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

/** What a bug report needs: the error, and where it was thrown. */
function bugText(error: unknown, stackOf: ScanOptions['stackOf']): string {
  if (!(error instanceof Error)) return String(error)
  const place = /^\s+at .*$/m.exec(stackOf?.(error) ?? error.stack ?? '')?.[0].trim()
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`
}
