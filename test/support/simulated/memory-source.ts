import { judge } from '../../../src/check/judge/judge.ts'
import { dropNewDamage } from '../../../src/check/judge/second-look.ts'
import type { Look, Source } from '../../../src/check/source.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import type { MemoryRegistry } from './memory-registry.ts'

export interface MemorySourceOptions {
  /** Looks under way at one time. */
  readonly width?: number
  readonly registry?: string
  /** What happens to the storage just before the nth look (1, 2, 3…) at a repository. May wait, or throw. */
  readonly before?: (repository: string, nth: number) => void | Promise<void>
  readonly repositories?: Source['repositories']
  readonly settle?: Source['settle']
  readonly garbage?: NonNullable<Source['garbage']>
}

/** A source over a registry in memory, whose storage a script changes between looks. */
export interface MemorySource extends Source {
  /** Every look in the order in which it began. */
  readonly looks: readonly { readonly repository: string; readonly nth: number; readonly how: Look }[]
}

export function memorySource(registry: MemoryRegistry, options: MemorySourceOptions = {}): MemorySource {
  const looks: { repository: string; nth: number; how: Look }[] = []
  const { garbage } = options
  return {
    target: '/memory',
    registry: options.registry ?? 'memory',
    kind: 'distribution',
    width: options.width ?? 1,
    looks,
    repositories:
      options.repositories ??
      async function* () {
        yield* registry.repositories.keys()
      },
    async look(repository, how) {
      const nth = looks.filter((look) => look.repository === repository).length + 1
      looks.push({ repository, nth, how })
      await options.before?.(repository, nth)
      const store = registry.store(repository, { proves: how.rules.depth === 'content' })
      const graph = await walk(repository, store, how.rules)
      return judge(how.believed ? dropNewDamage(graph, how.rules, how.believed) : graph, how.rules, how.allTags)
    },
    settle: options.settle ?? (async () => new Map()),
    ...(garbage && { garbage }),
    close: async () => undefined,
  }
}
