import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningPrometheus, startPrometheus } from '../support/servers/prometheus.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { queries, withoutVariables } from './dashboard.ts'

/** A limit, not a wait. */
const SOON = { timeout: 60_000, interval: 250 }

describeWithServers(['prometheus'], 'on a live Prometheus that scrapes a live exporter', () => {
  const home = scratch()
  let exporter: Serving
  let page: Server
  let prometheus: RunningPrometheus

  beforeAll(async () => {
    exporter = await serving(await configured(home))
    await exporter.until('scan.finished', 3)
    page = createServer((_, response) => {
      void exporter.get('/metrics').then((text) => response.end(text + ofOthers()))
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    const rules = join(home, 'no.rules.yaml')
    writeFileSync(rules, 'groups: []\n')
    const gateway = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
    const directory = join(home, 'monitoring')
    mkdirSync(directory)
    // Nobody listens at the Alertmanager's address: without rules it is never called.
    prometheus = await startPrometheus({ directory, rules, gateway, alertmanager: 'http://127.0.0.1:1' })
  }, 120_000)
  afterAll(async () => {
    await prometheus?.stop()
    page?.close()
    await exporter?.end('SIGKILL')
  })

  it.each(queries)('$title ($refId) has an answer', { timeout: 70_000 }, async ({ expr }) => {
    await expect.poll(async () => (await answersTo(expr)).length, SOON).toBeGreaterThan(0)
  })

  it('a registry that was never read, or never scanned, is shown as such', async () => {
    for (const title of ['Missing or damaged', 'Tags that nobody can pull', 'Degraded tags']) {
      const shown = await shownBy(title, 'A')
      expect(shown).toMatchObject({ unread: -1, waiting: -1 })
      expect(shown['broken']).toBeGreaterThanOrEqual(0)
    }
    expect(await shownBy('Last run', 'A')).toMatchObject({ broken: 1, unread: 0, waiting: -1 })
  })

  it('ages are coloured by the interval of each registry', async () => {
    const names = await Promise.all(
      ['A', 'B', 'C', 'D'].map(async (refId) => Object.keys(await shownBy('Last complete run', refId)).sort()),
    )
    expect(names).toEqual([['broken'], ['late', 'weekly'], ['lost'], ['linked', 'unread', 'waiting']])
  })

  it('the links of a registry are there', async () => {
    const [links] = await answersTo(queries.find(({ title }) => title === 'Links')?.expr ?? '')
    expect(links?.labels).toMatchObject({
      registry: 'broken',
      report: 'https://regfsck.lan/registries/broken',
      runbooks: 'https://git.lan/runbooks',
    })
  })

  function answersTo(expr: string): ReturnType<RunningPrometheus['series']> {
    return prometheus.series(withoutVariables(expr, '10s'))
  }

  /** What a panel shows of each registry. */
  async function shownBy(title: string, refId: string): Promise<Readonly<Record<string, number>>> {
    const { expr = '' } = queries.find((query) => query.title === title && query.refId === refId) ?? {}
    return Object.fromEntries((await answersTo(expr)).map(({ labels, value }) => [labels['registry'], value]))
  }
})

/** One registry that is broken, one that is not seen whole, and one that cannot be read. */
async function configured(home: string): Promise<string> {
  const linked = copyOfFixture('lawful-nested-repositories', join(home, 'linked'))
  symlinkSync('/nowhere', join(linked, 'docker/registry/v2/repositories/elsewhere'))
  const file = join(home, 'regfsck.yaml')
  const registries = [
    {
      name: 'broken',
      target: copyOfFixture('child-deleted-by-gc-m', join(home, 'broken')),
      garbage: true,
      'report-url': 'https://regfsck.lan/registries/broken',
      'runbook-url': 'https://git.lan/runbooks/',
    },
    { name: 'linked', target: linked },
    { name: 'unread', target: `http://127.0.0.1:${await unusedPort()}`, interval: '2s' },
  ]
  writeFileSync(file, stringify({ state: join(home, 'state'), defaults: { 'recheck-delay': '0s' }, registries }))
  mkdirSync(join(home, 'state'))
  return file
}

/** Of registries that are in a state which takes longer than a test: their last complete run is old, or none has begun. */
function ofOthers(): string {
  const ago = (seconds: number): number => Date.now() / 1000 - seconds
  const day = 86_400
  const old = { late: [4000, 900], lost: [15_000, 900], weekly: [21.5 * day, 7 * day] } as const
  const lines = Object.entries(old).flatMap(([registry, [age, interval]]) => [
    `registry_integrity_last_run_timestamp_seconds{registry="${registry}"} ${ago(0)}`,
    `registry_integrity_last_success_timestamp_seconds{registry="${registry}"} ${ago(age)}`,
    `registry_integrity_run_interval_seconds{registry="${registry}"} ${interval}`,
  ])
  return [
    ...lines,
    'registry_integrity_skipped_objects{registry="late",kind="manifest",reason="too_deep"} 2',
    'registry_integrity_run_in_progress{registry="waiting"} 0',
    '',
  ].join('\n')
}
