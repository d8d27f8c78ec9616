import { child, itemsOf, type MapNode, type Node, textOf } from '../../yaml/node.ts'
import { deepMerge } from './deep-merge.ts'

/** A job with all that it inherits. */
export interface Job {
  /** Nothing: any job that says nothing of its own. */
  readonly name: string | undefined
  readonly settings: MapNode
  /** What it extends and what is not there. */
  readonly missing: readonly Node[]
}

/** The settings of a job that has none. */
export const NO_SETTINGS: MapNode = { kind: 'map', start: 0, end: 0, entries: new Map() }

/** How many levels `extends` may have, and `!reference`, says GitLab. */
const DEEPEST = 11

/** Keys at the top that are no jobs. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'after_script',
  'before_script',
  'cache',
  'default',
  'image',
  'include',
  'services',
  'spec',
  'stages',
  'types',
  'variables',
  'workflow',
])

/** The jobs of a configuration. */
export class Jobs {
  readonly #root: MapNode
  readonly #known = new Map<string, Extended>()

  constructor(root: MapNode) {
    this.#root = root
  }

  /**
   * The jobs that can run. Hidden jobs (`.name`) count only where others extend them, and a job that starts another
   * pipeline runs in no container.
   *
   * @see GitLab CI/CD YAML syntax reference, "Hide jobs", "trigger"
   */
  running(): readonly Job[] {
    return this.visible().filter(({ settings }) => !settings.entries.has('trigger'))
  }

  /** All jobs that are not hidden. */
  visible(): readonly Job[] {
    return [...this.#root.entries]
      .filter(([name, { value }]) => value.kind === 'map' && !name.startsWith('.') && !KEYWORDS.has(name))
      .map(([name]) => this.#job(name))
  }

  /**
   * The value that `!reference [.job, key]` stands for, or the value itself.
   *
   * @returns `undefined` where there is no such value
   * @see GitLab CI/CD YAML syntax reference, "!reference tags"
   */
  dereference(node: Node | undefined): Node | undefined {
    let at = node
    for (let level = 0; at?.tag === '!reference'; level++) {
      if (level > DEEPEST) return undefined
      const [name = '', ...keys] = itemsOf(at).map((item) => textOf(item) ?? '')
      const holder = this.#root.entries.get(name)?.value
      at = child(holder, ...keys) ?? (KEYWORDS.has(name) ? undefined : child(this.#job(name).settings, ...keys))
    }
    return at
  }

  #job(name: string): Job {
    return { name, ...this.#extended(name, 0) }
  }

  /** Each once at each level, because two jobs can extend the same two, and those the same two again. */
  #extended(name: string, level: number): Extended {
    const key = `${level} ${name}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const extended = this.#extend(name, level)
    this.#known.set(key, extended)
    return extended
  }

  /** @see "extends": the last of a list wins, and the job itself wins over all */
  #extend(name: string, level: number): Extended {
    const own = this.#root.entries.get(name)?.value
    if (own?.kind !== 'map') return { settings: NO_SETTINGS, missing: [] }
    const missing = new Set<Node>()
    let settings = NO_SETTINGS
    for (const parent of namesOf(child(own, 'extends'))) {
      const parentName = textOf(parent) ?? ''
      const isThere = this.#root.entries.get(parentName)?.value.kind === 'map'
      if (isThere && level < DEEPEST) {
        const extended = this.#extended(parentName, level + 1)
        settings = deepMerge(settings, extended.settings)
        for (const node of extended.missing) missing.add(node)
      } else missing.add(parent)
    }
    return { settings: deepMerge(settings, own), missing: [...missing] }
  }
}

type Extended = Omit<Job, 'name'>

function namesOf(value: Node | undefined): readonly Node[] {
  if (value === undefined) return []
  return value.kind === 'list' ? value.items : [value]
}
