import type { ReportedFinding } from '../check/events.ts'
import { FINDINGS, isFindingCode } from '../check/findings/catalogue.ts'
import { imageName } from '../oci/image-name.ts'
import type { RememberedFinding } from './memory.ts'

/** Remembered tags and parents, each, of one finding. */
const MOST = 100

/**
 * Whether the objects below a finding cannot be checked. With `--against` the evidence has the codes that each side found.
 */
function hides({ code, evidence }: ReportedFinding): boolean {
  const codes = [code, evidence.onDisk, evidence.overApi].filter(isFindingCode)
  return codes.some((each) => FINDINGS[each].hides === true)
}

/** The tags and parents of a finding that are remembered. */
export function pathsTo({ tags, parents }: ReportedFinding): Pick<RememberedFinding, 'tags' | 'parents'> {
  return {
    ...(tags.length > 0 && { tags: tags.slice(0, MOST) }),
    ...(parents.length > 0 && { parents: parents.slice(0, MOST) }),
  }
}

/** Finds damage of earlier runs that may still be there, hidden below new damage. */
export class HiddenFindings {
  /** Ids of new findings that hide objects, by the tag or manifest below which those objects are. */
  readonly #hiding = new Map<string, string[]>()
  readonly #seen = new Set<string>()

  /**
   * @param wasSeen whether the previous run found it too; then it does not hide what that run found besides it
   */
  add(finding: ReportedFinding, wasSeen: boolean): void {
    const { id, repository, tags, digest } = finding
    this.#seen.add(id)
    if (wasSeen || !hides(finding)) return
    for (const way of digest === undefined ? tags : [...tags, digest]) {
      const key = keyOf(repository, way)
      const ids = this.#hiding.get(key)
      if (ids === undefined) this.#hiding.set(key, [id])
      else ids.push(id)
    }
  }

  /** @returns ids of the findings that may hide an earlier finding; empty if it would have been found */
  hiddenBy({ repository, tags = [], parents = [], hiddenBy = [] }: RememberedFinding): readonly string[] {
    const fresh = [...tags, ...parents].flatMap((way) => this.#hiding.get(keyOf(repository, way)) ?? [])
    return [...new Set([...hiddenBy.filter((id) => this.#seen.has(id)), ...fresh])]
  }
}

/** @param way a tag or a digest */
function keyOf(repository: string | undefined, way: string): string {
  return imageName(repository ?? '', way)
}
