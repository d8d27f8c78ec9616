import { judge } from '../../../src/check/judge/judge.ts'
import { dropNewDamage } from '../../../src/check/judge/second-look.ts'
import type { RepositoryCheck, Source } from '../../../src/check/source.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import type { MemoryRegistry } from './memory-registry.ts'

export interface MemorySourceOptions {
  /** Looks under way at one time. */
  readonly width?: number
  readonly registry?: string
  /** What happens to the storage just before the nth check (1, 2, 3…) at a repository. May wait, or throw. */
  readonly before?: (repository: string, nth: number) => void | Promise<void>
  readonly repositories?: Source['repositories']
  readonly settle?: Source['settle']
  readonly garbage?: NonNullable<Source['garbage']>
}

/** A source over a registry in memory, whose storage a script changes between checks. */
export interface MemorySource extends Source {
  /** Every check in the order in which it began. */
  readonly checks: readonly { readonly repository: string; readonly nth: number; readonly how: RepositoryCheck }[]
}

export function memorySource(registry: MemoryRegistry, options: MemorySourceOptions = {}): MemorySource {
  const checks: { repository: string; nth: number; how: RepositoryCheck }[] = []
  const { garbage } = options
  return {
    target: '/memory',
    registry: options.registry ?? 'memory',
    kind: 'distribution',
    width: options.width ?? 1,
    checks,
    repositories:
      options.repositories ??
      async function* () {
        yield* registry.repositories.keys()
      },
    async check(repository, how) {
      const nth = checks.filter((check) => check.repository === repository).length + 1
      checks.push({ repository, nth, how })
      await options.before?.(repository, nth)
      const store = registry.store(repository, { proves: how.rules.depth === 'content' })
      const graph = await walk(repository, store, how.rules)
      return judge(how.seenBefore ? dropNewDamage(graph, how.rules, how.seenBefore) : graph, how.rules, how.allTags)
    },
    settle: options.settle ?? (async () => new Map()),
    ...(garbage && { garbage }),
    close: async () => undefined,
  }
}
