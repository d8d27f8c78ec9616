import { describe, expect, it } from 'vitest'
import { type Plan, planName } from '../../src/serve/schedule/plan.ts'
import { Schedule, type StartScan } from '../../src/serve/schedule/schedule.ts'
import { planWith } from '../support/builders/plan.ts'
import { SimulatedClock } from '../support/simulated/clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Scans that take as long as is said, and a note of when each began and ended. */
function observed(
  took: (plan: Plan) => number,
  { atOnce = 4, random = () => 0.5 }: { atOnce?: number; random?: () => number } = {},
) {
  const clock = new SimulatedClock()
  const seen: { readonly what: string; readonly at: number }[] = []
  const note = (what: string): void => {
    seen.push({ what, at: clock.elapsed() })
  }
  const start: StartScan = (plan, signal) => {
    note(`begins ${planName(plan)}`)
    return new Promise((resolve) => {
      const stop = (): void => {
        end()
        note(`stopped ${planName(plan)}`)
        resolve()
      }
      const end = clock.after(took(plan), () => {
        signal.removeEventListener('abort', stop)
        note(`ends ${planName(plan)}`)
        resolve()
      })
      signal.addEventListener('abort', stop)
    })
  }
  const schedule = new Schedule(start, { clock, random, atOnce })
  const begun = (name: string): number[] => seen.filter(({ what }) => what === `begins ${name}`).map(({ at }) => at)
  return { clock, schedule, seen, begun }
}

describe('a schedule', () => {
  it('begins a plan within seconds, and again after each interval, counted from the start', async () => {
    const { clock, schedule, begun } = observed(() => 2 * MINUTE)
    schedule.set([planWith()])
    await clock.pass(HOUR + MINUTE)
    expect(begun('private')).toEqual([2500, 2500 + 15 * MINUTE, 2500 + 30 * MINUTE, 2500 + 45 * MINUTE, 2500 + HOUR])
  })

  it('spreads what began together: by a tenth of the interval, and on average by nothing', async () => {
    const between = async (random: number): Promise<number> => {
      const { clock, schedule, begun } = observed(() => MINUTE, { random: () => random })
      schedule.set([planWith()])
      await clock.pass(HOUR)
      const [first = 0, second = 0] = begun('private')
      return second - first
    }
    expect(await between(0)).toBe(15 * MINUTE * 0.95)
    expect(await between(1)).toBe(15 * MINUTE * 1.05)
  })

  it('never scans one registry twice at one time, whatever the profiles want', async () => {
    const plans = [planWith({ profile: 'fast' }), planWith({ profile: 'deep', interval: 24 * HOUR })]
    const { clock, schedule, seen } = observed(({ profile }) => (profile === 'deep' ? 3 * HOUR : MINUTE))
    schedule.set(plans)
    await clock.pass(8 * HOUR)
    const words = seen.map(({ what }) => what)
    for (const [n, what] of words.entries())
      if (what.startsWith('begins'))
        expect(words[n + 1] ?? what.replace('begins', 'ends')).toBe(what.replace('begins', 'ends'))
    expect(words.filter((what) => what === 'begins private (fast)').length).toBeGreaterThan(15)
    expect(words).toContain('ends private (deep)')
  })

  it('leaves out what was missed while a scan took longer than its interval', async () => {
    const { clock, schedule, begun } = observed(() => 40 * MINUTE)
    schedule.set([planWith()])
    await clock.pass(2 * HOUR)
    expect(begun('private')).toEqual([2500, 2500 + 45 * MINUTE, 2500 + 90 * MINUTE])
  })

  it('reads one storage at a time, and asks registries meanwhile', async () => {
    const plans = ['disk-1', 'disk-2', 'api-1', 'api-2'].map((registry) =>
      planWith({ registry, kind: registry.startsWith('disk') ? 'distribution' : 'api' }),
    )
    const { clock, schedule, begun } = observed(() => MINUTE)
    schedule.set(plans)
    await clock.pass(5 * MINUTE)
    expect([begun('disk-1'), begun('api-1'), begun('api-2')]).toEqual([[2500], [2500], [2500]])
    expect(begun('disk-2')).toEqual([2500 + MINUTE])
  })

  it('runs no more at one time than it may, and lets nobody starve', async () => {
    const plans = ['a', 'b', 'c', 'd', 'e'].map((registry) => planWith({ registry }))
    const { clock, schedule, begun } = observed(() => 10 * MINUTE, { atOnce: 2 })
    schedule.set(plans)
    await clock.pass(6 * HOUR)
    const counts = plans.map(({ registry }) => begun(registry).length)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(12)
    expect(counts.reduce((sum, count) => sum + count)).toBe((2 * 6 * HOUR) / (10 * MINUTE))
  })

  it('keeps the time of a plan that stays as it was, and restarts a changed one', async () => {
    const { clock, schedule, begun, seen } = observed(() => 5 * MINUTE)
    schedule.set([planWith({ registry: 'same' }), planWith({ registry: 'other' })])
    await clock.pass(MINUTE)
    schedule.set([planWith({ registry: 'same' }), planWith({ registry: 'other', arguments: ['--depth=content'] })])
    await clock.pass(10 * MINUTE)
    expect(begun('same')).toEqual([2500])
    expect(seen.filter(({ what }) => what.endsWith('other')).map(({ what }) => what)).toEqual([
      'begins other',
      'stopped other',
      'begins other',
      'ends other',
    ])
  })

  it('forgets a plan that is gone, and stops its scan', async () => {
    const { clock, schedule, seen } = observed(() => 5 * MINUTE)
    schedule.set([planWith()])
    await clock.pass(MINUTE)
    schedule.set([])
    await clock.pass(HOUR)
    expect(seen.map(({ what }) => what)).toEqual(['begins private', 'stopped private'])
  })

  it('goes on where an earlier process left off', async () => {
    const { clock, schedule, begun } = observed(() => MINUTE)
    const before = new Date(clock.now().getTime() - 5 * MINUTE)
    schedule.set([planWith()], () => before)
    expect(schedule.nextRun(planWith())?.getTime()).toBe(clock.now().getTime() + 10 * MINUTE)
    await clock.pass(11 * MINUTE)
    expect(begun('private')).toEqual([10 * MINUTE])
  })

  it('does not wait for a time that an earlier process, with a wrong clock, has noted in the future', async () => {
    const { clock, schedule, begun } = observed(() => MINUTE)
    const future = new Date(clock.now().getTime() + 30 * 24 * HOUR)
    schedule.set([planWith()], () => future)
    await clock.pass(MINUTE)
    expect(begun('private')).toEqual([2500])
  })

  it('does not stop when the clock on the wall is set back', async () => {
    const { clock, schedule, begun } = observed(() => MINUTE)
    schedule.set([planWith()])
    await clock.pass(10 * MINUTE)
    clock.setBack(5 * HOUR)
    await clock.pass(10 * MINUTE)
    expect(begun('private')).toHaveLength(2)
  })

  it('holds an interval longer than any timer', async () => {
    const { clock, schedule, begun } = observed(() => MINUTE)
    schedule.set([planWith({ interval: 30 * 24 * HOUR })])
    await clock.pass(61 * 24 * HOUR)
    expect(begun('private')).toHaveLength(3)
  })

  it('begins nothing after it was stopped, and waits for nothing', async () => {
    const { clock, schedule, seen } = observed(() => 5 * MINUTE)
    schedule.set([planWith()])
    await clock.pass(MINUTE)
    schedule.stop()
    await clock.pass(HOUR)
    expect(seen.map(({ what }) => what)).toEqual(['begins private', 'stopped private'])
    expect(clock.waiting).toBe(0)
  })
})
