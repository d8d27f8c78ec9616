import { compareText } from '../compare-text.ts'
import type { TargetTotals } from '../events.ts'
import { subjectOf } from '../findings/finding.ts'
import { addCoverage, NOTHING_COVERED } from '../judge/coverage.ts'
import { isComplete, suspectsOf } from '../judge/judge.ts'
import { addReport, NOTHING } from '../judge/target-totals.ts'
import type { ObjectTotals, RepositoryCoverage, RepositoryReport, TagTotals } from '../records.ts'
import type { Depth } from '../rules.ts'

/** What the looks at repositories came to so far. Memory grows with what is wrong, not with the registry. */
export class Results {
  /** What has to be looked at again, by repository: subjects as `subjectOf` names them. */
  readonly suspects: Map<string, ReadonlySet<string>> = new Map()
  /** Repositories about which there is something to say; the others are only counted. */
  readonly #notable = new Map<string, RepositoryReport>()
  readonly #depth: Depth
  #quiet: TargetTotals = NOTHING
  #quietCoverage: RepositoryCoverage = NOTHING_COVERED

  constructor(depth: Depth) {
    this.#depth = depth
  }

  /** Take the first look at a repository. */
  keep(report: RepositoryReport): void {
    const subjects = suspectsOf(report)
    if (subjects.size > 0) this.suspect(report.repository, subjects)
    if (this.#mayMatter(report)) this.replace(report)
    else {
      this.#quiet = addReport(this.#quiet, report)
      this.#quietCoverage = addCoverage(this.#quietCoverage, report.coverage)
    }
  }

  /** Take a later look in the place of those before it. */
  replace(report: RepositoryReport): void {
    this.#notable.set(report.repository, report)
  }

  suspect(repository: string, subjects: ReadonlySet<string>): void {
    this.suspects.set(repository, new Set([...(this.suspects.get(repository) ?? []), ...subjects]))
  }

  /** All about which something was found is to be looked at again, by other rules. */
  suspectFindings(): void {
    for (const { repository, findings } of this.#notable.values())
      if (findings.length > 0) this.suspect(repository, new Set(findings.map(subjectOf)))
  }

  /** Whether something would be lost if this look took the place of those before it. */
  lose({ repository, findings }: RepositoryReport): boolean {
    const now = new Set(findings.map(subjectOf))
    const before = this.#notable.get(repository)?.findings.map(subjectOf) ?? []
    return [...before, ...(this.suspects.get(repository) ?? [])].some((subject) => !now.has(subject))
  }

  /** Those about which there is something to say, by their names. */
  sorted(): readonly RepositoryReport[] {
    return [...this.#notable.values()].sort((a, b) => compareText(a.repository, b.repository))
  }

  /** Whether there is any revision, were it one that leads nowhere. */
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

  /** Whether no look has seen a tag or a manifest, or found anything. */
  get areEmpty(): boolean {
    const { tags, manifests } = this.totals()
    return isZero(tags) && isZero(manifests) && this.sorted().every(({ findings }) => findings.length === 0)
  }

  get areComplete(): boolean {
    return [...this.#notable.values()].every(({ unchecked }) => isComplete(unchecked))
  }

  /**
   * A report that is clean so far may not stand once the bytes are proved. Nor may one without tags: its registry may have
   * been away for a moment.
   */
  #mayMatter({ findings, unchecked, tags, tagTotals }: RepositoryReport): boolean {
    if (this.#depth === 'content' || findings.length + unchecked.length + tags.length > 0) return true
    return isZero(tagTotals)
  }
}

function isZero(totals: ObjectTotals | TagTotals): boolean {
  return Object.values(totals).every((count) => count === 0)
}
