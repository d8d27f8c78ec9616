import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { write } from '../support/builders/faults/damage-files.ts'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type Monitoring, startMonitoring } from '../support/servers/monitoring.ts'
import { collectGarbage, type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const NEEDED = ['docker-registry', 'prometheus', 'prometheus-pushgateway', 'prometheus-alertmanager'] as const

/** A limit, not a wait: each thing is asserted as soon as it is so. Prometheus may miss a scrape on a busy machine. */
const SOON = { timeout: 60_000, interval: 100 }

/** Each step goes on from where the one before it ended. */
describeWithServers(NEEDED, 'from a push to a page:', () => {
  const home = scratch()
  const root = (name: string): string => join(home, name)
  const app = index([image('app'), image('app for arm', { platform: 'linux/arm64' })])
  let monitoring: Monitoring
  let broken: RunningRegistry
  let clean: RunningRegistry

  beforeAll(async () => {
    const servers = [startRegistry({ root: root('broken') }), startRegistry({ root: root('clean') })] as const
    ;[broken, clean] = await Promise.all(servers)
    for (const { url } of [broken, clean]) await push({ url, repository: 'app' }, app, 'latest')
    monitoring = await startMonitoring(home)
  })
  afterAll(async () => {
    await monitoring?.stop()
    await broken?.stop()
    await clean?.stop()
  })

  it('of two intact registries no alert is sent', async () => {
    expect(await scan('broken', 'clean')).toEqual([0, 0])
    await expect.poll(() => failures('broken'), SOON).toBe(0)
    await expect.poll(() => failures('clean'), SOON).toBe(0)
    // Until the first push, no probe had reported anything: that has been noticed, and is over.
    await expect.poll(() => monitoring.alerts(), SOON).toEqual([])
    expect(monitoring.pages()).toEqual([])
  })

  it('the one that garbage collection broke pages, and no other', async () => {
    await breakIt()
    expect(await scan('clean', 'broken')).toEqual([0, 0])
    await expect.poll(burning, SOON).toEqual(['RegistryManifestIntegrityFailure broken'])
    await expect.poll(() => seen('broken'), SOON).toEqual(['RegistryManifestIntegrityFailure firing'])
    await expect.poll(() => seen('clean'), SOON).toEqual([])
  })

  it('the page says how many, and where', () => {
    const [page] = monitoring.pages()
    expect(page?.labels).toMatchObject({ alertname: 'RegistryManifestIntegrityFailure', severity: 'critical' })
    expect(page?.annotations['summary']).toBe('Registry broken cannot serve all of app')
    expect(page?.annotations['description']).toMatch(
      /^Worst images: app \(2\)\. .*of registry broken: 2; tags that nobody can pull: 1\. Last complete run: \S+ ago\.$/,
    )
  })

  it('where no link is configured the page has none, and names the command that prints the runbook', () => {
    const [page] = monitoring.pages()
    expect(page?.annotations['runbook_url']).toBe('regfsck explain RegistryManifestIntegrityFailure')
    expect(JSON.stringify(monitoring.pages())).not.toMatch(/Report:|example\.|<no value>|%!/)
  })

  it('a registry that is down pages too, what was known of it stays known, and what follows from it is muted', async () => {
    await broken.stop()
    expect(await scan('broken')).toEqual([4])
    await expect
      .poll(burning, SOON)
      .toEqual(['RegistryCatalogInaccessible broken', 'RegistryManifestIntegrityFailure broken'])
    await expect.poll(() => monitoring.muted(), SOON).toEqual(['RegistryIntegrityProbeFailing broken'])
    await expect.poll(() => failures('broken'), SOON).toBe(2)
  })

  it('once it is back it is as broken as before', async () => {
    broken = await startRegistry({ root: root('broken') })
    expect(await scan('broken')).toEqual([0])
    await expect.poll(burning, SOON).toEqual(['RegistryManifestIntegrityFailure broken'])
    await expect.poll(() => seen('broken'), SOON).toEqual(['RegistryManifestIntegrityFailure firing'])
  })

  it('a run that could not check everything resolves nothing', async () => {
    write(storagePaths(root('broken')).revisionLink('app', app.descriptor.digest), '')
    expect(await scan('broken')).toEqual([3])
    await expect
      .poll(() => seen('broken'), SOON)
      .toEqual(
        expect.arrayContaining(['RegistryManifestIntegrityFailure firing', 'RegistryIntegrityProbeIncomplete firing']),
      )
    await expect.poll(() => failures('broken'), SOON).toBe(2)
  })

  it('all this time the page for the damage was never taken back', () => {
    const ofDamage = monitoring
      .pages()
      .filter(({ labels }) => labels['alertname'] === 'RegistryManifestIntegrityFailure')
    expect(new Set(ofDamage.map(({ status }) => status))).toEqual(new Set(['firing']))
  })

  it('pushed again, it is intact, and the page resolves', async () => {
    await push({ url: broken.url, repository: 'app' }, app, 'latest')
    expect(await scan('broken')).toEqual([0])
    await expect.poll(burning, SOON).toEqual([])
    await expect.poll(() => failures('broken'), SOON).toBe(0)
    await expect.poll(() => monitoring.alerts(), SOON).toEqual([])
  })

  it('when nobody scans any more, that pages for both, and damage stays damage', async () => {
    await breakIt()
    const everySecond = ['--interval', '1s']
    expect(await scanWith(everySecond, 'clean', 'broken')).toEqual([0, 0])
    await expect.poll(() => seen('clean'), SOON).toContain('RegistryIntegrityProbeStale firing')
    await expect
      .poll(burning, SOON)
      .toEqual([
        'RegistryIntegrityProbeStale broken',
        'RegistryIntegrityProbeStale clean',
        'RegistryManifestIntegrityFailure broken',
      ])
    await expect.poll(() => failures('broken'), SOON).toBe(2)
  })

  it('the clean one has paged for nothing else', () => {
    const paged = monitoring.pages().filter(({ labels }) => labels['registry'] === 'clean')
    expect(new Set(paged.map(({ labels }) => labels['alertname']))).toEqual(new Set(['RegistryIntegrityProbeStale']))
  })

  async function breakIt(): Promise<void> {
    const { code, output } = await collectGarbage(root('broken'), { deleteUntagged: true })
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('eligible for deletion') })
  }

  /** A quarter of an hour is not over before the test is, however slow the machine: nothing grows stale meanwhile. */
  function scan(...names: readonly ('broken' | 'clean')[]): Promise<readonly number[]> {
    return scanWith(['--interval', '15m'], ...names)
  }

  async function scanWith(flags: readonly string[], ...names: readonly ('broken' | 'clean')[]): Promise<number[]> {
    const where = { broken: broken.url, clean: clean.url }
    const every = ['--fail-on=never', '--recheck-delay=0', '--push', monitoring.gateway, ...flags]
    const runs = names.map((name) => regfsck(['scan', where[name], '--registry', name, ...every]))
    return (await Promise.all(runs)).map(({ code }) => code)
  }

  function failures(registry: string): Promise<number | undefined> {
    return monitoring.value(`sum(registry_integrity_failures{registry="${registry}"})`)
  }

  /** `alert registry` of each that was paged and has not been taken back. */
  function burning(): readonly string[] {
    const last = new Map(
      monitoring.pages().map(({ status, labels }) => [`${labels['alertname']} ${labels['registry']}`, status]),
    )
    return [...last]
      .filter(([, status]) => status === 'firing')
      .map(([name]) => name)
      .sort()
  }

  /** `alert state` of all that Prometheus has against a registry, warnings included. */
  async function seen(registry: string): Promise<readonly string[]> {
    const alerts = (await monitoring.alerts()).filter(({ labels }) => labels['registry'] === registry)
    return alerts.map(({ state, labels }) => `${labels['alertname']} ${state}`)
  }
})
