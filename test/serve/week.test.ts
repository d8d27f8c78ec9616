import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { finding, summary, target } from '../metrics/events.ts'
import { planWith } from '../support/builders/plan.ts'
import { simulatedService } from '../support/simulated/scan-service.ts'

const HOUR = 3_600_000
const MEBIBYTE = 2 ** 20

/** MiB in use, when all that nobody needs is gone. */
function inUse(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') for (let n = 0; n < 4; n++) collect()
  return process.memoryUsage().heapUsed / MEBIBYTE
}

it('a week of scans every 15 minutes, each with other findings, leaves nothing behind but the last', async () => {
  const { service, clock, setScan } = simulatedService()
  const hour = async (n: number): Promise<void> => {
    // Damage that comes and goes: names that were never seen before.
    const found = Array.from({ length: 200 }, (_, m) => finding({ id: `${n}-${m}`, repository: `team-${n}/app-${m}` }))
    setScan({ events: [target({ registry: 'private' }), ...found, summary()] })
    await clock.pass(HOUR)
    await service.metrics()
  }
  await service.load([planWith()])
  for (let n = 0; n < 24; n++) await hour(n)
  const before = inUse()
  for (let n = 24; n < 7 * 24; n++) await hour(n)
  const after = inUse()
  expect(service.statuses()[0]?.state.runs.length).toBe(50)
  expect(after - before).toBeLessThan(6 * 24 * 0.02)
})
