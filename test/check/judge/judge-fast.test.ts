import { describe, expect, it } from 'vitest'
import { judge, judgeInFull } from '../../../src/check/judge/judge.ts'
import { isSound } from '../../../src/check/judge/sound.ts'
import type { Rules } from '../../../src/check/rules.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import { fc } from '../../support/fast-check.ts'
import { REPOSITORY, RULES } from '../scene.ts'
import { grown, plans } from './random-graph.ts'

const soundPlans = plans.map((plan) => ({
  ...plan,
  tags: plan.tags.map(({ node }) => ({ node, damage: undefined })),
  manifestDamages: [],
  blobDamages: [],
}))

const rules: fc.Arbitrary<Rules> = fc.record({
  depth: fc.constantFrom('graph' as const, 'blobs' as const),
  roots: fc.constantFrom('tags' as const, 'revisions' as const),
  engine: fc.constantFrom(undefined, '3' as const, 'all' as const),
  pullThrough: fc.boolean(),
  sparse: fc.boolean(),
  platform: fc.constantFrom('linux/amd64', 'linux/arm/v7'),
})

describe('an intact repository', () => {
  it('has the same report from the fast path and the full one', async () => {
    await fc.assert(
      fc.asyncProperty(soundPlans, rules, fc.boolean(), fc.boolean(), async (plan, some, hasPlatform, allTags) => {
        const { platform, ...others } = some
        const all: Rules = hasPlatform ? some : { ...RULES, ...others }
        const graph = await walk(REPOSITORY, grown(plan).registry.store(REPOSITORY), all)
        expect(isSound(graph)).toBe(true)
        expect(judge(graph, all, allTags)).toEqual(judgeInFull(graph, all, allTags))
      }),
      { numRuns: 300 },
    )
  })
})
