import type { Plan } from '../../../src/serve/schedule/plan.ts'

const MINUTE = 60_000

/** A plan that is like any other but for what is said. */
export function planWith(differing: Partial<Plan> = {}): Plan {
  const { registry = 'private', profile = '' } = differing
  return {
    registry,
    profile,
    target: '/var/lib/registry',
    depth: 'blobs',
    interval: 15 * MINUTE,
    deadline: 15 * MINUTE,
    kind: 'api',
    garbage: false,
    repositoriesAreNamed: false,
    legacyMetrics: false,
    worst: 20,
    links: {},
    looksAt: () => true,
    arguments: [`--registry=${registry}`, `--profile=${profile}`, '--', '/var/lib/registry'],
    ...differing,
  }
}
