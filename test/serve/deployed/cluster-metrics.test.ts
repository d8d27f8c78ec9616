import { describe, expect, it } from 'vitest'
import type { ClusterHealth } from '../../../src/serve/deployed/cluster-health.ts'
import { DeployedCounters } from '../../../src/serve/deployed/deployed-counters.ts'

const PREFIX = 'registry_integrity_deployed_cluster_'
const NEW: ClusterHealth = {
  lists: 0,
  failures: { denied: 0, expired: 0, cut: 0, failed: 0 },
  unread: new Map(),
}

async function seriesOf(counters: DeployedCounters, sets: Readonly<Record<string, ClusterHealth | undefined>>) {
  const states = Object.entries(sets).map(([name, cluster]) => ({ name, cluster, isRunning: false, next: undefined }))
  const lines = (await counters.text(states)).split('\n').filter((line) => line.startsWith(PREFIX))
  return lines.map((line) => line.replace(PREFIX, '')).sort()
}

describe('the metrics of a cluster', () => {
  it('are there with 0 before it was read, and never of files', async () => {
    expect(await seriesOf(new DeployedCounters(), { files: undefined, prod: NEW })).toEqual([
      'failures_total{references="prod",reason="cut"} 0',
      'failures_total{references="prod",reason="denied"} 0',
      'failures_total{references="prod",reason="expired"} 0',
      'failures_total{references="prod",reason="failed"} 0',
      'lists_total{references="prod"} 0',
    ])
  })

  it('count what happened since it is followed, however often they are asked for', async () => {
    const counters = new DeployedCounters()
    const health: ClusterHealth = {
      lists: 12,
      failures: { denied: 4, expired: 3, cut: 2, failed: 1 },
      unread: new Map([
        ['pods', 2],
        ['jobs', 0],
      ]),
    }
    for (let scrape = 0; scrape < 3; scrape++)
      expect(await seriesOf(counters, { prod: health })).toEqual([
        'failures_total{references="prod",reason="cut"} 2',
        'failures_total{references="prod",reason="denied"} 4',
        'failures_total{references="prod",reason="expired"} 3',
        'failures_total{references="prod",reason="failed"} 1',
        'lists_total{references="prod"} 12',
        'unread_resources{references="prod",resource="jobs"} 0',
        'unread_resources{references="prod",resource="pods"} 2',
      ])
  })

  it('go with the cluster that is no longer followed', async () => {
    const counters = new DeployedCounters()
    await seriesOf(counters, { prod: { ...NEW, unread: new Map([['pods', 1]]) }, test: NEW })
    const left = await seriesOf(counters, { test: NEW })
    expect(left.filter((line) => line.includes('"prod"'))).toEqual([])
    expect(left).toHaveLength(5)
  })
})
