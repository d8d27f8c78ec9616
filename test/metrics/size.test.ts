import { describe, expect, it } from 'vitest'
import { worstOf } from '../../src/metrics/worst.ts'
import { finding, metricsFor, seriesIn, summary, target } from './events.ts'

const REPOSITORIES = 100_000

function failing(repositories: number): ReturnType<typeof finding>[] {
  return Array.from({ length: repositories }, (_, n) => finding({ repository: `team/app-${n}` }))
}

describe('a registry of a hundred thousand repositories, each with an error', () => {
  it('has as many series as one with thirty', async () => {
    const worst = Array.from({ length: 30 }, (_, n) => finding({ repository: `team/app-${n * 7}` }))
    const many = (await metricsFor([target(), ...failing(REPOSITORIES), ...worst, summary()])).whole
    const few = (await metricsFor([target(), ...failing(30), summary()])).whole
    expect(Object.keys(seriesIn(many))).toHaveLength(Object.keys(seriesIn(few)).length)
    expect(Object.keys(seriesIn(many)).length).toBeLessThanOrEqual(110)
    expect(many.length).toBeLessThan(1024 * 1024)
    expect(seriesIn(many)).toMatchObject({
      failing_repositories: REPOSITORIES,
      'repository_failures{repository="__other__"}': REPOSITORIES + 30 - 40,
    })
  })

  it('has no series of a repository where that is switched off', async () => {
    const { whole } = await metricsFor([target(), ...failing(3), summary()], { worst: 0 })
    expect(whole).not.toContain('repository_failures')
  })
})

describe('the worst', () => {
  it('are the largest counts, equal ones by name, whatever the order', () => {
    const counts = new Map([
      ['d', 1],
      ['b', 2],
      ['a', 1],
      ['c', 3],
      ['e', 1],
    ])
    const expected = {
      named: [
        ['c', 3],
        ['b', 2],
        ['a', 1],
      ],
      others: 2,
    }
    expect(worstOf(counts, 3)).toEqual(expected)
    expect(worstOf(new Map([...counts].reverse()), 3)).toEqual(expected)
    expect(worstOf(new Map(), 3)).toEqual({ named: [], others: 0 })
  })
})
