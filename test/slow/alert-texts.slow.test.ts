import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ALERTS, alertRules } from '../alerts/rules.ts'
import { alertSeries, type Chapter } from '../support/builders/alert-series.ts'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { image, layer } from '../support/builders/images.ts'
import { writeStorage } from '../support/builders/write-storage.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type Monitoring, startMonitoring } from '../support/servers/monitoring.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'
import type { ReceivedAlert } from '../support/simulated/webhook.ts'

/** A limit, not a wait. */
const SOON = { timeout: 90_000, interval: 200 }
const OUTSIDE = 'https://status.lan/ops'
/** A name that PromQL, templates and URLs could each stumble over. */
const ODD = 'the "old" 100% \\d {{ one }}/5000'

/** From a registry to the text on a pager, by our rules, our Alertmanager example and what README says about severities. */
describeWithServers(['prometheus', 'prometheus-alertmanager'], 'the texts of alerts, as they arrive:', () => {
  const home = scratch()
  let server: Serving
  let page: Server
  let monitoring: Monitoring
  let chapter: Chapter = 'before'

  beforeAll(async () => {
    const config = await configured(home)
    page = createServer((_, response) => {
      void alertSeries(chapter, () => server.get('/metrics')).then((text) => response.end(text))
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    const scraped = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
    const starting = [serving(config), startMonitoring(home, { scraped, relabeling: knob() })] as const
    ;[server, monitoring] = await Promise.all(starting)
    await server.until('scan.finished', 4)
    // Its configuration is no longer sound: there is an alert for that too.
    writeFileSync(config, 'registries: none')
    server.child.kill('SIGHUP')
  }, 60_000)
  afterAll(async () => {
    await monitoring?.stop()
    page?.close().closeAllConnections()
    await server?.end('SIGKILL')
  })

  it('every alert is sent, at each of its severities', { timeout: 200_000 }, async () => {
    chapter = 'silence'
    await expect.poll(missing, SOON).not.toContain('RegistryIntegrityProbeAbsent warning')
    chapter = 'early'
    // What grows is compared with what was an hour ago, which is six seconds.
    const anHourAgo = (): Promise<number | undefined> =>
      monitoring.value('registry_integrity_failures{registry="growing"} offset 6s')
    await expect.poll(anHourAgo, SOON).toBe(1)
    chapter = 'late'
    await expect.poll(missing, SOON).toEqual([])
  })

  it('what is critical is a page for those who have it renamed, and what is a warning stays one', () => {
    expect(new Set(monitoring.pages().map(({ labels }) => labels['severity']))).toEqual(new Set(['page']))
    expect(new Set(monitoring.warnings().map(({ labels }) => labels['severity']))).toEqual(new Set(['warning']))
  })

  it('of an intact registry no alert is sent', () => {
    expect(receivedAlerts().filter(({ labels }) => labels['registry'] === 'well')).toEqual([])
  })

  it('none has a hole in it', () => {
    const texts = receivedAlerts().flatMap(({ annotations }) => Object.values(annotations))
    expect(texts.length).toBeGreaterThan(50)
    const holes = /<no value>|<error|%!|undefined|\bNaN\b|\bInf\b|example\.|(?<!100% \\d )\{\{|e\+\d\d| {2}|\n| $/
    expect(texts.filter((text) => text === '' || holes.test(text))).toEqual([])
  })

  it('damage names the worst images first, counts the others, and links the page of the registry', async () => {
    const { summary, description } = textsOf('RegistryManifestIntegrityFailure', ODD)
    expect(summary).toBe(`Registry ${ODD} cannot serve all of team/worst, team/middle, team/small and 1 more`)
    const [, report = ''] = /^(?:.*) Report: (\S+)$/.exec(description) ?? []
    expect(description.replace(/run: [\dhms. ]+ ago/, 'run: just now')).toBe(
      `Worst images: team/worst (4), team/middle (3), team/small (2) and 1 more. Missing or damaged manifests and blobs of registry ${ODD} (profile deep): 10; tags that nobody can pull: 4. Last complete run: just now. Report: ${report}`,
    )
    expect(report).toBe(`${OUTSIDE}/registries/${encodeURIComponent(ODD)}?profile=deep`)
    expect(await answerTo(report)).toContain('team/worst')
  })

  it.each([
    [
      'RegistryIntegrityFailuresIncreasing',
      'growing',
      /^Worst images: team\/app \(3\)\. .*: 2 more than an hour ago\./,
    ],
    ['RegistryBlobCorrupt', 'corrupt', /^Worst images: team\/app \(1\)\. Blobs of registry corrupt .*: 1\./],
    [
      'RegistryDisappeared',
      'damaged',
      /^Worst images, when last seen: team\/app \(2\)\. Registry damaged was last checked/,
    ],
  ])('%s names them first too', (alert, registry, begins) => {
    expect(textsOf(alert, registry).description).toMatch(begins)
  })

  it('storage that is not mounted, and a registry that is down, page with the reason and the link', () => {
    for (const [registry, reason] of [
      ['unmounted', 'storage'],
      ['down', 'connect'],
    ] as const)
      expect(textsOf('RegistryCatalogInaccessible', registry).description).toBe(
        `The probe cannot list the repositories of registry ${registry}: ${reason}. Its content is not being checked. No complete run is known. Report: ${OUTSIDE}/registries/${registry}`,
      )
  })

  it('that nothing is reported any more says when other alerts end, not that they have ended', () => {
    const { description } = textsOf('RegistryDisappeared', 'damaged')
    expect(description).toMatch(
      / This does not mean that it was repaired\. Other alerts about it end an hour after its last metrics\. Report: https:\/\/status\.lan\/damaged$/,
    )
    expect(textsOf('RegistryDisappeared', 'gone').description).not.toContain('Report')
  })

  it('a configuration that is refused links the status page, which says so', async () => {
    const [refused] = receivedAlerts().filter(
      ({ labels }) => labels['alertname'] === 'RegistryIntegrityConfigReloadFailed',
    )
    expect(refused?.annotations['description']).toMatch(/ it exits and scans nothing\. Status page: \S+\/$/)
    expect(refused?.annotations['description']).toContain(` Status page: ${OUTSIDE}/`)
    expect(await answerTo(`${OUTSIDE}/`)).toContain('The configuration file was rejected')
  })

  it('each links its runbook, which is there', async () => {
    for (const { labels, annotations } of receivedAlerts()) {
      const alert = labels['alertname'] ?? ''
      const runbook = annotations['runbook_url'] ?? ''
      expect(runbook).toBe(`${OUTSIDE}/runbooks/${alert}.md`)
    }
    for (const alert of new Set(receivedAlerts().map(({ labels }) => labels['alertname'])))
      expect(await answerTo(`${OUTSIDE}/runbooks/${alert}.md`)).toMatch(new RegExp(`^# ${alert}\n`))
  })

  it('a chat shows them whole, a line for each', () => {
    const attachments = monitoring.chat().flatMap((message) => message.attachments)
    const [linked] = attachments.filter(({ title }) => title === 'Parts of registry linked cannot be checked. ')
    expect(linked?.text.trimEnd()).toBe(
      `Objects of registry linked that could not be checked: 1, because of symlink 1. They may be intact or damaged. Report: ${OUTSIDE}/registries/linked Runbook: ${OUTSIDE}/runbooks/RegistryIntegrityProbeIncomplete.md`,
    )
    for (const { title, text } of attachments) {
      expect(title).toMatch(/^(?:[A-Za-z][^{}]+\. )+$/)
      for (const line of text.trim().split('\n')) expect(line).toMatch(/ Runbook: https:\S+\.md$/)
    }
  })

  function receivedAlerts(): readonly ReceivedAlert[] {
    return [...monitoring.pages(), ...monitoring.warnings()]
  }

  /** What has not been told yet, of every alert at each of its severities. */
  function missing(): readonly string[] {
    const firing = receivedAlerts().filter(({ status }) => status === 'firing')
    const seen = new Set(firing.map(({ labels }) => `${labels['alertname']} ${labels['severity']}`))
    const all = alertRules().map(({ alert, labels }) => `${alert} ${labels['severity']}`.replace('critical', 'page'))
    // It takes four hours, here 24 seconds, and has no other text than its runbook.
    return all.filter((alert) => alert !== 'RegistryIntegrityProbeAbsent page' && !seen.has(alert))
  }

  /** As they were told last: the first time, not all may have been known yet. */
  function textsOf(alert: string, registry: string): { readonly summary: string; readonly description: string } {
    const found = receivedAlerts().filter(
      ({ labels }) => labels['alertname'] === alert && labels['registry'] === registry,
    )
    const { summary = '', description = '' } = found.findLast(({ status }) => status === 'firing')?.annotations ?? {}
    return { summary, description }
  }

  /** What the server answers to those who reach it at its external URL. */
  function answerTo(url: string): Promise<string> {
    return server.get(url.replace('https://status.lan', ''))
  }
})

/** One registry that is damaged, in one profile; storage that is not mounted; a registry that is down; one partly out of sight. */
async function configured(home: string): Promise<string> {
  const damaged = join(home, 'damaged')
  damage(damaged, { 'team/least': 1, 'team/worst': 4, 'team/small': 2, 'team/middle': 3 })
  const unmounted = join(home, 'unmounted')
  mkdirSync(unmounted)
  const linked = copyOfFixture('lawful-nested-repositories', join(home, 'linked'))
  symlinkSync('/nowhere', join(linked, 'docker/registry/v2/repositories/elsewhere'))
  const registries = [
    { name: ODD, target: damaged, profiles: [{ name: 'deep' }] },
    { name: 'unmounted', target: unmounted },
    { name: 'down', target: `http://127.0.0.1:${await unusedPort()}` },
    { name: 'linked', target: linked },
  ]
  const file = join(home, 'regfsck.yaml')
  writeFileSync(
    file,
    JSON.stringify({ 'external-url': `${OUTSIDE}/`, defaults: { 'recheck-delay': '0s' }, registries }),
  )
  return file
}

/** Storage where an image of each repository has lost so many layers. */
function damage(root: string, losses: Readonly<Record<string, number>>): void {
  const registry = new MemoryRegistry()
  for (const [repository, count] of Object.entries(losses)) {
    const layers = Array.from({ length: count }, (_, n) => layer(`${repository} ${n}`))
    registry.push(repository, image(repository, { layers }), 'latest')
    for (const { descriptor } of layers) registry.blobs.delete(descriptor.digest)
  }
  writeStorage(registry, root)
}

/** What alerts/README.md says to those who route on `page`. */
function knob(): readonly object[] {
  const readme = readFileSync(join(ALERTS, 'README.md'), 'utf8')
  const [, text = ''] = /```yaml\n(alerting:.*?)```/s.exec(readme) ?? []
  return parse(text).alerting.alert_relabel_configs
}
