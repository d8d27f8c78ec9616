import { describe, expect, it } from 'vitest'
import { responsesOf } from '../../src/serve/http/answers.ts'
import { viewOf } from '../../src/serve/http/views.ts'
import type { Service } from '../../src/serve/service.ts'
import { finding, summary, target, unchecked } from '../metrics/events.ts'
import { planWith } from '../support/builders/plan.ts'
import { memoryStateFiles, simulatedService } from '../support/simulated/scan-service.ts'

const MINUTE = 60_000
const INTERVAL = 15 * MINUTE

const DAMAGED = { events: [target({ registry: 'private' }), finding(), summary()] }
const CLEAN = { events: [target({ registry: 'private' }), summary()] }
const PARTIAL = { events: [target({ registry: 'private' }), unchecked(), summary({ complete: false })] }
const PARTIAL_AND_WORSE = {
  events: [
    target({ registry: 'private' }),
    finding(),
    finding({ id: 'fedcba9876543210', repository: 'b' }),
    unchecked(),
    summary({ complete: false }),
  ],
}
const UNREADABLE = {
  events: [target({ registry: 'private' }), { type: 'unreadable', reason: 'no such host', because: 'dns' } as const],
}

/** Series of the registry by name and labels; without those of the process. */
async function series(service: Service): Promise<Record<string, number>> {
  const lines = (await service.metrics()).split('\n').filter((line) => line.startsWith('registry_integrity_'))
  return Object.fromEntries(
    lines.map((line) => {
      const name = line
        .slice(0, line.lastIndexOf(' '))
        .replace('registry="private",', '')
        .replace('{registry="private"}', '')
      return [name.replace('registry_integrity_', ''), Number(line.slice(line.lastIndexOf(' ') + 1))]
    }),
  )
}

describe('what a service knows', () => {
  it('is nothing before the first scan: absent, not 0', async () => {
    const { service } = simulatedService()
    await service.load([planWith()])
    const metrics = await series(service)
    expect(Object.keys(metrics).filter((name) => /^(?:failures|last_|tags|run_success|unpullable)/.test(name))).toEqual(
      [],
    )
    expect(metrics).toMatchObject({ runs_total: 0, run_in_progress: 0 })
  })

  it('is replaced whole by a complete run', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    expect(await series(service)).toMatchObject({
      run_success: 1,
      'failures{reason="layer-missing"}': 1,
      runs_total: 1,
    })
    setScan(CLEAN)
    await clock.pass(INTERVAL)
    const metrics = await series(service)
    expect(metrics).toMatchObject({ run_success: 1, 'failures{reason="layer-missing"}': 0, runs_total: 2 })
    expect(metrics).not.toHaveProperty('oldest_failure_timestamp_seconds')
  })

  it('stays known where a run was not complete and found nothing: silence is no repair', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    const before = await series(service)
    for (const outcome of [PARTIAL, UNREADABLE, { events: [], problem: 'the scan ended by SIGKILL' }]) {
      setScan(outcome)
      await clock.pass(INTERVAL)
      const after = await series(service)
      expect(after).toMatchObject({ run_success: 0, 'failures{reason="layer-missing"}': 1 })
      expect(after['last_success_timestamp_seconds']).toBe(before['last_success_timestamp_seconds'])
      expect(after['last_run_timestamp_seconds']).toBeGreaterThan(before['last_run_timestamp_seconds'] ?? 0)
      const [standing] = service.statuses()
      expect(standing && viewOf(standing, clock.now())).toMatchObject({
        verdict: 'damaged',
        report: { findings: [{ code: 'layer-missing' }] },
      })
    }
    expect(await series(service)).toMatchObject({
      'run_failures_total{reason="incomplete"}': 1,
      'run_failures_total{reason="unreadable"}': 1,
      'run_failures_total{reason="crashed"}': 1,
      runs_total: 4,
    })
  })

  it('gets worse by a run that was not complete, where that found errors', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    const { last_success_timestamp_seconds: before } = await series(service)
    setScan(PARTIAL_AND_WORSE)
    await clock.pass(INTERVAL)
    expect(await series(service)).toMatchObject({
      run_success: 0,
      'failures{reason="layer-missing"}': 2,
      last_success_timestamp_seconds: before,
    })
    setScan(PARTIAL)
    await clock.pass(INTERVAL)
    const [standing] = service.statuses()
    expect(standing?.state.shown?.target.findings).toHaveLength(2)
  })

  it('does not improve by one that found another error, and could not check what was known', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    const dangling = finding({ id: 'd', code: 'tag-dangling', cause: 'link-missing', tags: ['other'] })
    setScan({ events: [target({ registry: 'private' }), dangling, unchecked(), summary({ complete: false })] })
    await clock.pass(INTERVAL)
    expect(await series(service)).toMatchObject({
      'failures{reason="layer-missing"}': 1,
      'failures{reason="tag-dangling"}': 1,
    })
    const [standing] = service.statuses()
    expect(standing?.state.shown?.target.findings.map(({ code }) => code).sort()).toEqual([
      'layer-missing',
      'tag-dangling',
    ])
    setScan({ events: [target({ registry: 'private' }), dangling, summary()] })
    await clock.pass(INTERVAL)
    expect(await series(service)).toMatchObject({ 'failures{reason="layer-missing"}': 0 })
  })

  it('does not believe a scan that died after it had found something', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    setScan({
      events: [target({ registry: 'private' }), finding({ code: 'tag-dangling', cause: 'link-missing' })],
      problem: 'the scan ended by SIGSEGV',
    })
    await clock.pass(INTERVAL)
    expect(await series(service)).toMatchObject({
      'failures{reason="layer-missing"}': 1,
      'failures{reason="tag-dangling"}': 0,
    })
    const [standing] = service.statuses()
    expect(standing?.state.runs[0]).toMatchObject({ problem: 'the scan ended by SIGSEGV' })
  })

  it('has since when the oldest error is there, without any state file', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    const { oldest_failure_timestamp_seconds: first } = await series(service)
    await clock.pass(4 * INTERVAL)
    expect((await series(service))['oldest_failure_timestamp_seconds']).toBe(first)
    const [standing] = service.statuses()
    expect(standing?.state.shown?.target.findings[0]).toMatchObject({ isNew: false })
  })

  it('counts requests to the registry, and those that came to nothing', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(CLEAN)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    expect(await series(service)).toMatchObject({
      'http_requests_total{code="2xx"}': 1,
      'http_requests_total{code="4xx"}': 1,
      'http_requests_total{code="none"}': 1,
      http_retries_total: 2,
      http_throttled_total: 1,
      http_request_duration_seconds_count: 3,
    })
  })

  it('of one profile says nothing about another', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith({ profile: 'fast' }), planWith({ profile: 'deep', interval: 7 * 24 * 60 * MINUTE })])
    await clock.pass(MINUTE)
    setScan(CLEAN)
    await clock.pass(INTERVAL)
    const metrics = await series(service)
    expect(metrics['failures{profile="fast",reason="layer-missing"}']).toBe(0)
    expect(metrics['failures{profile="deep",reason="layer-missing"}']).toBe(1)
  })

  it('is in one exposition, each family once', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load(['a', 'b', 'c'].map((registry) => planWith({ registry })))
    await clock.pass(MINUTE)
    const helps = (await service.metrics()).split('\n').filter((line) => line.startsWith('# HELP'))
    expect(new Set(helps).size).toBe(helps.length)
    expect(helps.length).toBeGreaterThan(30)
  })

  it('ends with a registry that is no longer configured', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(DAMAGED)
    await service.load([planWith({ registry: 'a' }), planWith({ registry: 'b' })])
    await clock.pass(MINUTE)
    await service.load([planWith({ registry: 'b' })])
    const text = await service.metrics()
    expect(text).not.toMatch(/^registry_integrity_(?:failures|last_run|run_in_progress)\S*registry="a"/m)
    expect(text).toMatch(/^registry_integrity_failures\S*registry="b"/m)
  })

  it('is not changed by a scan that was stopped for a new configuration', async () => {
    const { service, clock, setScan, logged } = simulatedService()
    setScan({ ...DAMAGED, took: 5 * MINUTE })
    await service.load([planWith()])
    await clock.pass(MINUTE)
    await service.load([planWith({ arguments: ['--depth=content'] })])
    await clock.pass(1)
    expect(await series(service)).toMatchObject({ runs_total: 0 })
    expect(logged.map(({ event }) => event)).toContain('scan.stopped')
  })

  it('says whether the configuration in force is the one in the file', async () => {
    const { service, clock } = simulatedService()
    await service.load([planWith()])
    const before = await series(service)
    expect(before).toMatchObject({ config_last_reload_successful: 1 })
    await clock.pass(MINUTE)
    service.rejectConfig(['regfsck.yaml:2: depht: unknown key'])
    expect(await series(service)).toMatchObject({
      config_last_reload_successful: 0,
      config_last_reload_timestamp_seconds: before['config_last_reload_timestamp_seconds'],
    })
    const answers = responsesOf(service, { clock, version: '0.0.0', prefix: '', pages: new Map() })
    const pages = () => [
      answers.overview(),
      answers.page(planWith().registry, undefined, { search: '', page: 1 }) ?? '',
    ]
    for (const page of pages()) {
      expect(page).toContain('Configuration rejected')
      expect(page).toContain('regfsck.yaml:2: depht: unknown key')
    }
    expect(JSON.parse(answers.list())).toMatchObject({
      configRefused: { at: clock.now().toISOString(), problems: ['regfsck.yaml:2: depht: unknown key'] },
    })
    await service.load([planWith()])
    for (const page of pages()) expect(page).not.toContain('Configuration rejected')
    expect(JSON.parse(answers.list())).toMatchObject({ configRefused: null })
  })
})

describe('a page', () => {
  it('calls it stale when three intervals have passed without a complete run', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(CLEAN)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    setScan(UNREADABLE)
    const isStale = (): boolean | undefined =>
      service.statuses().map((standing) => viewOf(standing, clock.now()))[0]?.freshness?.isStale
    await clock.pass(2 * INTERVAL)
    expect(isStale()).toBe(false)
    await clock.pass(2 * INTERVAL)
    expect(isStale()).toBe(true)
  })

  it('calls a registry that was never read incomplete, and one never scanned unknown', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan(UNREADABLE)
    await service.load([planWith()])
    const verdict = (): string | undefined =>
      service.statuses().map((standing) => viewOf(standing, clock.now()))[0]?.verdict
    expect(verdict()).toBe('unknown')
    await clock.pass(MINUTE)
    expect(verdict()).toBe('incomplete')
  })
})

describe('what is kept', () => {
  it('is known again after a restart, before any scan', async () => {
    const files = memoryStateFiles()
    const first = simulatedService({ files })
    first.setScan(DAMAGED)
    await first.service.load([planWith()])
    await first.clock.pass(5 * MINUTE)
    const before = await series(first.service)
    const second = simulatedService({ files, clock: first.clock })
    await second.service.load([planWith()])
    expect(second.scans).toEqual([])
    expect(await series(second.service)).toMatchObject({
      'failures{reason="layer-missing"}': 1,
      last_success_timestamp_seconds: before['last_success_timestamp_seconds'],
      oldest_failure_timestamp_seconds: before['oldest_failure_timestamp_seconds'],
    })
    await second.clock.pass(5 * MINUTE)
    expect(second.scans).toEqual([])
  })

  it('is set aside where it is damaged, and never stops a start', async () => {
    const files = memoryStateFiles()
    const first = simulatedService({ files })
    first.setScan(DAMAGED)
    await first.service.load([planWith()])
    await first.clock.pass(MINUTE)
    for (const text of [
      '',
      '{',
      '[]',
      '{"version":2}',
      '{"version":1,"known":{}}',
      '{"version":1,"known":{"runs":[],"memories":[],"samples":{}}}',
    ]) {
      const [name = ''] = [...files.texts.keys()].filter((key) => !key.endsWith('.damaged'))
      files.texts.set(name || 'x', text)
      const second = simulatedService({ files })
      second.setScan(CLEAN)
      await second.service.load([planWith()])
      expect(second.logged.map(({ event }) => event)).toContain('warning')
      await second.clock.pass(MINUTE)
      expect(await series(second.service)).toMatchObject({ run_success: 1 })
    }
  })

  it.each([
    ['the report', /"code":"layer-missing"/],
    ['the findings to compare with', /(?<="memories":.*)"code":"layer-missing"/],
  ])('is set aside, with a warning, if %s has a finding code that is not in the catalogue', async (_, place) => {
    const files = memoryStateFiles()
    const first = simulatedService({ files })
    first.setScan(DAMAGED)
    await first.service.load([planWith()])
    await first.clock.pass(MINUTE)
    const [[name, text] = ['', '']] = files.texts
    expect(text).toMatch(place)
    files.texts.set(name, text.replace(place, '"code":"layer-lost"'))
    const second = simulatedService({ files })
    await second.service.load([planWith()])
    expect(second.logged).toEqual([
      {
        event: 'warning',
        fields: {
          sentence: `state: ${name} has a finding code that this version does not know: "layer-lost": set aside; earlier results are lost`,
        },
      },
    ])
    expect([...files.texts.keys()]).toEqual([`${name}.damaged`])
    expect(second.service.statuses().map(({ state }) => state.shown)).toEqual([undefined])
  })

  it('need not be writable: the service goes on and says so', async () => {
    const files = memoryStateFiles()
    const full = {
      ...files,
      write: () => {
        throw new Error('ENOSPC: no space left on device')
      },
    }
    const { service, clock, setScan, logged } = simulatedService({ files: full })
    setScan(CLEAN)
    await service.load([planWith()])
    await clock.pass(MINUTE)
    expect(await series(service)).toMatchObject({ run_success: 1 })
    expect(JSON.stringify(logged)).toContain('ENOSPC')
  })
})
