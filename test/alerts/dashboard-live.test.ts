import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningPrometheus, startPrometheus } from '../support/servers/prometheus.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { queries, withoutVariables } from './dashboard.ts'

/** A limit, not a wait. */
const SOON = { timeout: 60_000, interval: 250 }

describeWithServers(['prometheus', 'docker-registry'], 'on a live Prometheus that scrapes a live exporter', () => {
  const home = scratch()
  let registry: RunningRegistry
  let exporter: Serving
  let page: Server
  let prometheus: RunningPrometheus

  beforeAll(async () => {
    registry = await startRegistry({ root: join(home, 'images') })
    exporter = await serving(await configured(home, await withBrokenImage(registry)))
    await exporter.until('scan.finished', 5)
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
    await registry?.stop()
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
    const links = await answersTo(queries.find(({ title }) => title === 'Links')?.expr ?? '')
    expect(links.find(({ labels }) => labels['registry'] === 'broken')?.labels).toMatchObject({
      registry: 'broken',
      report: 'https://regfsck.lan/registries/broken',
      runbooks: 'https://git.lan/runbooks',
    })
  })

  it('the page of what is deployed is there', async () => {
    const links = await answersTo(queries.find(({ title }) => title === 'Pages of what is deployed')?.expr ?? '')
    expect(links.find(({ labels }) => labels['references'] === 'stacks')?.labels).toMatchObject({
      report: 'https://regfsck.lan/deployed/stacks',
      runbooks: 'https://regfsck.lan/runbooks',
    })
  })

  it('what is deployed and broken is shown apart from what is intact, and from what was never checked', async () => {
    const broken = await shownBy('Deployed images that cannot be pulled', 'A', 'references')
    expect(broken).toEqual({ stacks: 1, away: -1, 'never seen': -1, drifting: 0, late: -1, lost: -1 })
    const moved = await shownBy('Images that have moved', 'A', 'references')
    expect(moved).toEqual({ stacks: 0, away: -1, 'never seen': -1, drifting: 3, late: -1, lost: -1 })
    expect(await shownBy('Running images that are gone', 'A', 'references')).toMatchObject({ stacks: 0, drifting: 2 })
    expect(await shownBy('Last check of what is deployed', 'A', 'references')).toMatchObject({
      ...{ stacks: 1, away: 0, 'never seen': -1 },
    })
    const ages = await Promise.all(
      ['A', 'B', 'C', 'D'].map(async (refId) =>
        Object.keys(await shownBy('Last complete check of what is deployed', refId, 'references')).sort(),
      ),
    )
    expect(ages).toEqual([['stacks'], ['late'], ['lost'], ['away', 'drifting', 'never seen']])
    const [worst] = await answersTo(queries.find(({ title }) => title === 'Worst workloads')?.expr ?? '')
    expect(worst?.labels).toMatchObject({ references: 'stacks', workload: 'service shop' })
  })

  function answersTo(expr: string): ReturnType<RunningPrometheus['series']> {
    return prometheus.series(withoutVariables(expr, '10s'))
  }

  /** What a panel shows of each registry. */
  async function shownBy(title: string, refId: string, by = 'registry'): Promise<Readonly<Record<string, number>>> {
    const { expr = '' } = queries.find((query) => query.title === title && query.refId === refId) ?? {}
    return Object.fromEntries((await answersTo(expr)).map(({ labels, value }) => [labels[by], value]))
  }
})

/** Pushes an image, and loses a layer of it. @returns its name */
async function withBrokenImage({ url, host, root }: RunningRegistry): Promise<string> {
  const broken = image('broken')
  await push({ url, repository: 'shop' }, broken, 'v1')
  rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
  return `${host}/shop:v1`
}

/** One registry that is broken, one that is not seen whole, and one that cannot be read. */
async function configured(home: string, deployed: string): Promise<string> {
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
  const stacks = join(home, 'compose.yaml')
  writeFileSync(stacks, stringify({ services: { shop: { image: deployed } } }))
  const away = join(home, 'away.txt')
  writeFileSync(away, 'localhost:1/shop:v1\n')
  const defaults = { 'recheck-delay': '0s' }
  const references = [
    { name: 'stacks', from: [stacks] },
    { name: 'away', from: [away, join(home, 'no such file')] },
  ]
  writeFileSync(
    file,
    stringify({ state: join(home, 'state'), 'external-url': 'https://regfsck.lan', defaults, registries, references }),
  )
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
    ...deployedElsewhere(ago),
    '',
  ].join('\n')
}

function deployedElsewhere(ago: (seconds: number) => number): readonly string[] {
  const family = (name: string, references: string, value: number, labels = ''): string =>
    `registry_integrity_deployed_${name}{references="${references}"${labels}} ${value}`
  return [
    ...['never seen', 'drifting', 'late', 'lost'].map((name) => family('run_interval_seconds', name, 900)),
    family('last_success_timestamp_seconds', 'late', ago(4000)),
    family('last_success_timestamp_seconds', 'lost', ago(15_000)),
    family('cluster_unread_resources', 'drifting', 2, ',resource="secrets"'),
    // One more with each second: an increase needs two values.
    family('cluster_lists_total', 'drifting', Math.round(ago(0))),
    family('cluster_failures_total', 'drifting', Math.round(ago(0)), ',reason="expired"'),
    ...Object.entries({ 'image-moved': 3, 'running-image-gone': 2, 'image-unpullable': 0 }).map(([reason, images]) =>
      family('findings', 'drifting', images, `,reason="${reason}"`),
    ),
  ]
}
