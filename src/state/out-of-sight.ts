import type { ToldFinding } from '../check/events.ts'
import type { FindingCode } from '../check/finding.ts'
import type { RememberedFinding } from './memory.ts'

/** Tags of one finding that are remembered. */
const MOST_TAGS = 100

/** Below what is wrong in these ways nobody can look. */
const HIDING: ReadonlySet<unknown> = new Set<FindingCode>(['tag-dangling', 'index-child-missing', 'manifest-damaged'])

/** With storage and API held against each other, the evidence tells how one of them sees it. */
function hides({ code, evidence }: ToldFinding): boolean {
  return HIDING.has(code) || HIDING.has(evidence['onDisk']) || HIDING.has(evidence['overApi'])
}

/** The tags that lead to a finding, as far as they are remembered. */
export function rememberedTags({ tags }: ToldFinding): Pick<RememberedFinding, 'tags'> {
  return tags.length > 0 ? { tags: tags.slice(0, MOST_TAGS) } : {}
}

/** Knows what of the damage of earlier runs may still be there, below damage that is new. */
export class OutOfSight {
  /** Ids of new findings that hide something, by repository and tag. */
  readonly #hiding = new Map<string, string[]>()
  readonly #seen = new Set<string>()

  /** @param isKnown whether an earlier run found it as well: then what it hid was hidden by then */
  saw(finding: ToldFinding, isKnown: boolean): void {
    const { id, repository, tags } = finding
    this.#seen.add(id)
    if (isKnown || !hides(finding)) return
    for (const tag of tags) {
      const key = keyOf(repository, tag)
      const ids = this.#hiding.get(key)
      if (ids === undefined) this.#hiding.set(key, [id])
      else ids.push(id)
    }
  }

  /** @returns what hides a finding that was not found again; nothing where it would have been seen */
  hiderOf({ repository, tags = [], hiddenBy = [] }: RememberedFinding): readonly string[] {
    const fresh = tags.flatMap((tag) => this.#hiding.get(keyOf(repository, tag)) ?? [])
    return [...new Set([...hiddenBy.filter((id) => this.#seen.has(id)), ...fresh])]
  }
}

function keyOf(repository: string | undefined, tag: string): string {
  return `${repository ?? ''}:${tag}`
}
