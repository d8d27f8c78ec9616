import { compareText } from '../compare-text.ts'
import type { TargetTotals } from '../events.ts'
import { subjectOf } from '../findings/finding.ts'
import { addCoverage, NOTHING_COVERED } from '../judge/coverage.ts'
import { isComplete, suspectsOf } from '../judge/judge.ts'
import { addReport, NOTHING } from '../judge/target-totals.ts'
import type { ObjectTotals, RepositoryCoverage, RepositoryReport, TagTotals } from '../records.ts'
import type { Depth } from '../rules.ts'

/** The results of all repositories so far. Memory grows with the number of findings, not with the registry. */
export class Results {
  /** What to check again, by repository: subjects from `subjectOf`. */
  readonly suspects: Map<string, ReadonlySet<string>> = new Map()
  /** Reports of repositories with findings or open questions. The others are only counted. */
  readonly #notable = new Map<string, RepositoryReport>()
  readonly #depth: Depth
  #quiet: TargetTotals = NOTHING
  #quietCoverage: RepositoryCoverage = NOTHING_COVERED

  constructor(depth: Depth) {
    this.#depth = depth
  }

  /** Adds the first report on a repository. */
  keep(report: RepositoryReport): void {
    const subjects = suspectsOf(report)
    if (subjects.size > 0) this.suspect(report.repository, subjects)
    if (this.#mayMatter(report)) this.replace(report)
    else {
      this.#quiet = addReport(this.#quiet, report)
      this.#quietCoverage = addCoverage(this.#quietCoverage, report.coverage)
    }
  }

  /** Replaces the earlier report on a repository by a later one. */
  replace(report: RepositoryReport): void {
    this.#notable.set(report.repository, report)
  }

  suspect(repository: string, subjects: ReadonlySet<string>): void {
    this.suspects.set(repository, new Set([...(this.suspects.get(repository) ?? []), ...subjects]))
  }

  /** Marks everything with findings to be checked again, under other rules. */
  suspectFindings(): void {
    for (const { repository, findings } of this.#notable.values())
      if (findings.length > 0) this.suspect(repository, new Set(findings.map(subjectOf)))
  }

  /** Whether replacing the earlier reports by this one would drop a finding. */
  wouldDropFindings({ repository, findings }: RepositoryReport): boolean {
    const now = new Set(findings.map(subjectOf))
    const before = this.#notable.get(repository)?.findings.map(subjectOf) ?? []
    return [...before, ...(this.suspects.get(repository) ?? [])].some((subject) => !now.has(subject))
  }

  /** The reports with findings or open questions, sorted by name. */
  sorted(): readonly RepositoryReport[] {
    return [...this.#notable.values()].sort((a, b) => compareText(a.repository, b.repository))
  }

  /** Whether there is any revision, including broken ones. */
  get holdRevisions(): boolean {
    const { intact, damaged, unchecked, skipped } = this.totals().manifests
    if (intact + damaged + unchecked + skipped > 0) return true
    return [...this.#notable.values()].some(({ findings }) =>
      findings.some(({ code }) => code === 'orphan-revision-link'),
    )
  }

  totals(): TargetTotals {
    return [...this.#notable.values()].reduce(addReport, this.#quiet)
  }

  coverage(): RepositoryCoverage {
    return [...this.#notable.values()].reduce((sum, { coverage }) => addCoverage(sum, coverage), this.#quietCoverage)
  }

  /** Whether no tag, manifest or finding was seen so far. */
  get areEmpty(): boolean {
    const { tags, manifests } = this.totals()
    return isZero(tags) && isZero(manifests) && this.sorted().every(({ findings }) => findings.length === 0)
  }

  get areComplete(): boolean {
    return [...this.#notable.values()].every(({ unchecked }) => isComplete(unchecked))
  }

  /**
   * Whether a report has to be kept. A clean one may change once blobs are hashed. So may one without tags: the registry may
   * have been unavailable for a moment.
   */
  #mayMatter({ findings, unchecked, tags, tagTotals }: RepositoryReport): boolean {
    if (this.#depth === 'content' || findings.length + unchecked.length + tags.length > 0) return true
    return isZero(tagTotals)
  }
}

function isZero(totals: ObjectTotals | TagTotals): boolean {
  return Object.values(totals).every((count) => count === 0)
}
