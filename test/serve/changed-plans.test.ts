import { describe, expect, it } from 'vitest'
import { viewOf } from '../../src/serve/http/views.ts'
import type { Service } from '../../src/serve/service.ts'
import { finding, summary, target } from '../metrics/events.ts'
import { planWith } from '../support/builders/plan.ts'
import { memoryStateFiles, type SimulatedService, simulatedService } from '../support/simulated/scan-service.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const DAMAGED = { events: [target({ registry: 'private' }), finding(), summary()] }
const CLEAN = { events: [target({ registry: 'private' }), summary()] }
const ONCE = finding({ confirmed: false })
const STOPPED = { events: [target({ registry: 'private' }), ONCE, summary({ complete: false, stopped: true })] }

const HERE = planWith({ target: '/here', arguments: ['--', '/here'] })
const THERE = planWith({ target: '/there', arguments: ['--', '/there'] })

async function scanned({ service, setScan, clock }: SimulatedService, outcome: typeof DAMAGED): Promise<void> {
  setScan(outcome)
  await service.load([HERE])
  await clock.pass(MINUTE)
}

function view(service: Service, now: Date) {
  const [standing] = service.statuses()
  return standing && viewOf(standing, now)
}

describe('another target under the same name', () => {
  it('has nothing of what is known of the one before, and is scanned soon', async () => {
    const simulated = simulatedService()
    await scanned(simulated, DAMAGED)
    const { service, clock, scans, setScan } = simulated
    setScan(CLEAN)
    await service.load([THERE])
    expect(await service.metrics()).not.toContain('registry_integrity_failures{')
    expect(view(service, clock.now())).toMatchObject({ verdict: 'unknown', report: undefined, history: [] })
    await clock.pass(MINUTE)
    expect(scans).toHaveLength(2)
    const known = view(service, clock.now())
    expect(known).toMatchObject({ verdict: 'clean', history: [{ verdict: 'clean' }] })
    expect(known?.report).not.toHaveProperty('fixed')
  })

  it('has nothing of it after a restart either, while the same target has', async () => {
    const files = memoryStateFiles()
    const first = simulatedService({ files })
    await scanned(first, CLEAN)
    for (const [plan, verdict, scans] of [
      [HERE, 'clean', []],
      [THERE, 'unknown', ['private']],
    ] as const) {
      const second = simulatedService({ files, clock: first.clock })
      second.setScan({ ...CLEAN, took: DAY })
      await second.service.load([plan])
      expect(view(second.service, first.clock.now())?.verdict).toBe(verdict)
      await first.clock.pass(MINUTE)
      expect(second.scans).toEqual(scans)
      await second.service.stop()
    }
  })
})

describe('a plan that says other things than before', () => {
  it.each([
    ['is rarer', planWith({ ...HERE, interval: 7 * DAY })],
    ['looks deeper', planWith({ ...HERE, depth: 'content', arguments: ['--depth=content', '--', '/here'] })],
  ])('and %s keeps what is known, and is gone by soon, not an interval later', async (_, plan) => {
    const simulated = simulatedService()
    await scanned(simulated, DAMAGED)
    const { service, clock, scans } = simulated
    await service.load([plan])
    expect(view(service, clock.now())?.verdict).toBe('damaged')
    await clock.pass(MINUTE)
    expect(scans).toHaveLength(2)
    // Or the alert about stale knowledge would count in intervals that nobody keeps any more.
    expect(await service.metrics()).toContain(
      `registry_integrity_run_interval_seconds{registry="private"} ${plan.interval / 1000}\n`,
    )
  })

  it('that says the same is not gone by again', async () => {
    const simulated = simulatedService()
    await scanned(simulated, DAMAGED)
    await simulated.service.load([{ ...HERE }])
    await simulated.clock.pass(5 * MINUTE)
    expect(simulated.scans).toHaveLength(1)
  })
})

describe('what was seen only once, because the scan was stopped,', () => {
  it('calls nothing damaged', async () => {
    const simulated = simulatedService()
    await scanned(simulated, STOPPED)
    const { service, clock } = simulated
    expect(view(service, clock.now())).toMatchObject({ verdict: 'incomplete', history: [{ errors: 0 }] })
  })

  it('calls nothing damaged that was whole before', async () => {
    const simulated = simulatedService()
    await scanned(simulated, CLEAN)
    const { service, clock, setScan } = simulated
    setScan(STOPPED)
    await clock.pass(15 * MINUTE)
    expect(view(service, clock.now())).toMatchObject({ verdict: 'incomplete', report: { complete: true } })
  })
})

it('shows what is wrong, however much there is that is only worth a look', async () => {
  const warnings = Array.from({ length: 10_500 }, (_, n) =>
    finding({ id: n.toString(16).padStart(16, '0'), code: 'orphan-layer-link', severity: 'warning' }),
  )
  const simulated = simulatedService()
  await scanned(simulated, {
    events: [target({ registry: 'private' }), ...warnings, finding({ id: 'f'.repeat(16) }), summary()],
  })
  const { report } = view(simulated.service, simulated.clock.now()) ?? {}
  expect(report?.findings).toHaveLength(10_001)
  expect(report?.findings.filter(({ severity }) => severity === 'error')).toHaveLength(1)
})
