import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunMetrics } from '../../src/metrics/metrics.ts'
import { pushMetrics } from '../../src/metrics/pushgateway.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningPushgateway, startPushgateway } from '../support/servers/pushgateway.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { finding, metricsFor, summary, target, unchecked } from './events.ts'

describeWithServers(['prometheus-pushgateway'], 'a real Pushgateway', () => {
  const home = scratch()
  let gateway: RunningPushgateway

  beforeAll(async () => {
    gateway = await startPushgateway({ file: join(home, 'data') })
  })
  afterAll(() => gateway.stop())

  /** Push, and give back what Prometheus would then see of the registry. */
  const push = async (metrics: RunMetrics): Promise<string[]> => {
    expect(await pushMetrics(metrics, { url: gateway.url, within: 5000 })).toEqual([])
    const { registry } = metrics.targets[0]?.identity ?? { registry: '' }
    const mine = `registry=${JSON.stringify(registry)}`
    return (await gateway.scrape()).split('\n').filter((line) => line.includes(mine) && !line.startsWith('push_'))
  }
  const valueIn = (lines: readonly string[], name: string): number | undefined => {
    const line = lines.find((each) => each.startsWith(`registry_integrity_${name}{`))
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  const at = (minute: number) => ({ finishedAt: new Date(Date.UTC(2026, 10, 20, 12, minute)) })

  it.each(['hub:5000', 'a/b', '..', 'größe "x"\\'])('takes the metrics of a registry called %s', async (registry) => {
    const metrics = await metricsFor([target({ registry }), finding(), summary()], { profile: 'fast', interval: 900 })
    const lines = await push(metrics)
    const sent = metrics.whole.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines).toHaveLength(sent.length)
    expect(lines.every((line) => line.includes('job="registry-integrity"') && line.includes('profile="fast"'))).toBe(
      true,
    )
  })

  it('forgets with a complete run what an earlier one said', async () => {
    const before = await push(await metricsFor([target(), finding({ repository: 'gone' }), summary()]))
    expect(before.join()).toContain('repository="gone"')
    const after = await push(await metricsFor([target({ depth: 'graph' }), summary()]))
    expect(after.join()).not.toContain('repository="gone"')
    expect(after.join()).not.toContain('reason="layer-missing"')
  })

  it('keeps after a failed run what was last known, and knows that the run failed', async () => {
    const registry = 'kept'
    await push(await metricsFor([target({ registry }), finding(), finding(), summary()], {}, at(0)))
    const lines = await push(
      await metricsFor([target({ registry }), { type: 'unreadable', reason: '', because: 'connect' }], {}, at(15)),
    )
    expect([valueIn(lines, 'run_success'), valueIn(lines, 'catalog_accessible')]).toEqual([0, 0])
    expect(lines.join()).toMatch(/failures\{[^}]*reason="layer-missing"[^}]*\} 2/)
    expect(valueIn(lines, 'last_success_timestamp_seconds')).toBe(Date.UTC(2026, 10, 20, 12) / 1000)
    expect(valueIn(lines, 'last_run_timestamp_seconds')).toBe(Date.UTC(2026, 10, 20, 12, 15) / 1000)
  })

  it('takes from an incomplete run the errors that it found, and else keeps those that were known', async () => {
    const registry = 'partly'
    const partial = [unchecked(), summary({ complete: false })]
    await push(await metricsFor([target({ registry }), finding(), summary()], {}, at(0)))
    const silent = await push(await metricsFor([target({ registry }), ...partial], {}, at(15)))
    expect(valueIn(silent, 'failing_repositories')).toBe(1)
    const more = [finding({ repository: 'a' }), finding({ repository: 'b' })]
    const loud = await push(await metricsFor([target({ registry }), ...more, ...partial], {}, at(30)))
    expect(valueIn(loud, 'failing_repositories')).toBe(2)
    expect(valueIn(loud, 'last_success_timestamp_seconds')).toBe(Date.UTC(2026, 10, 20, 12) / 1000)
    expect(valueIn(loud, 'repositories')).toBe(3)
    expect(loud.join()).not.toMatch(/reason="tag-dangling"/)
  })

  it('keeps groups of other profiles and shards apart', async () => {
    const registry = 'split'
    await push(await metricsFor([target({ registry }), finding(), summary()], { profile: 'deep' }))
    await push(await metricsFor([target({ registry }), summary()], { profile: 'fast', shard: '0/2' }))
    const lines = await push(await metricsFor([target({ registry }), summary()], { profile: 'fast', shard: '1/2' }))
    const profiles = lines.filter((line) => line.startsWith('registry_integrity_run_success{'))
    expect(profiles).toHaveLength(3)
  })

  it('that has lost its data knows after the next complete run as much as before', async () => {
    const events = [target({ registry: 'back' }), finding(), summary()]
    const file = join(home, 'lost')
    const first = await startPushgateway({ file })
    expect(await pushMetrics(await metricsFor(events), { url: first.url })).toEqual([])
    await first.stop()
    rmSync(file, { force: true })
    const second = await startPushgateway({ file, port: Number(new URL(first.url).port) })
    try {
      expect(await second.scrape()).not.toContain('registry_integrity')
      const failed = await metricsFor([target({ registry: 'back' }), { type: 'unreadable', reason: '' }])
      expect(await pushMetrics(failed, { url: second.url })).toEqual([])
      expect(await second.scrape()).not.toContain('last_success_timestamp_seconds')
      expect(await pushMetrics(await metricsFor(events), { url: second.url })).toEqual([])
      expect(await second.scrape()).toContain('registry_integrity_failures{')
    } finally {
      await second.stop()
    }
  })

  it('says what it has against an exposition', async () => {
    const { targets } = await metricsFor([target(), summary()])
    const spoilt = targets.map((each) => ({ ...each, run: 'registry_integrity_run_success{ 1\n' }))
    const [problem] = await pushMetrics({ whole: '', targets: spoilt }, { url: gateway.url, within: 3000 })
    expect(problem).toMatch(/tried 3 times, answered 400: text format parsing error/)
  })
})
