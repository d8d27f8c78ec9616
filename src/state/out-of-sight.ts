import type { ToldFinding } from '../check/events.ts'
import { FINDINGS, isFindingCode } from '../check/findings/catalogue.ts'
import { imageName } from '../oci/image-name.ts'
import type { RememberedFinding } from './memory.ts'

/** Tags of one finding that are remembered, and manifests that name it. */
const MOST = 100

/**
 * Whether nobody can look below what is wrong. With storage and API held against each other, the evidence tells how one of
 * them sees it.
 */
function hides({ code, evidence }: ToldFinding): boolean {
  const codes = [code, evidence.onDisk, evidence.overApi].filter(isFindingCode)
  return codes.some((each) => FINDINGS[each].hides === true)
}

/** What leads to a finding, as far as it is remembered. */
export function pathsTo({ tags, parents }: ToldFinding): Pick<RememberedFinding, 'tags' | 'parents'> {
  return {
    ...(tags.length > 0 && { tags: tags.slice(0, MOST) }),
    ...(parents.length > 0 && { parents: parents.slice(0, MOST) }),
  }
}

/** Knows what of the damage of earlier runs may still be there, below damage that is new. */
export class HiddenFindings {
  /** Ids of new findings that hide something, by the names of what they hide it below: tags, and manifests. */
  readonly #hiding = new Map<string, string[]>()
  readonly #seen = new Set<string>()

  /**
   * @param wasSeen whether the run before found it as well: then what it hid was hidden by then, and what that run found
   * beside it is not hidden by it
   */
  add(finding: ToldFinding, wasSeen: boolean): void {
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

  /** @returns what hides a finding that was not found again; nothing where it would have been seen */
  hiddenBy({ repository, tags = [], parents = [], hiddenBy = [] }: RememberedFinding): readonly string[] {
    const fresh = [...tags, ...parents].flatMap((way) => this.#hiding.get(keyOf(repository, way)) ?? [])
    return [...new Set([...hiddenBy.filter((id) => this.#seen.has(id)), ...fresh])]
  }
}

/** @param way a tag or a digest */
function keyOf(repository: string | undefined, way: string): string {
  return imageName(repository ?? '', way)
}
