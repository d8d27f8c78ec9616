import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { regfsck } from '../support/command/run.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const BROKEN = join(FIXTURES, 'child-deleted-by-gc-m')

const started: Serving[] = []
const silent: Server[] = []
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  for (const server of silent.splice(0)) server.close()
})

interface Entry {
  readonly name: string
  readonly target: string
  readonly [setting: string]: unknown
}

function configured(registries: readonly Entry[], more: object = {}): string {
  const file = join(scratch(), 'regfsck.yaml')
  write(file, registries, more)
  return file
}

function write(file: string, registries: readonly Entry[], more: object = {}): void {
  const entries = registries.map((entry) => ({ interval: '15s', 'recheck-delay': '0s', ...entry }))
  // As an editor and a ConfigMap do it: whole, by a rename.
  writeFileSync(`${file}.new`, JSON.stringify({ ...more, registries: entries }))
  renameSync(`${file}.new`, file)
}

async function start(file: string, env: Record<string, string> = {}): Promise<Serving> {
  const server = await serving(file, env)
  started.push(server)
  return server
}

/** Simulated: a registry that takes every connection and never says a word. */
async function silentRegistry(): Promise<string> {
  const server = createServer(() => undefined)
  silent.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The processes that scan for a server. */
function scansOf({ child }: Serving): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = execFileSync('ps', ['-o', 'ppid=', '-p', `${pid}`], { encoding: 'utf8' })
        return Number(parent) === child.pid
      } catch {
        return false
      }
    })
}

describe('regfsck serve', () => {
  it('scans what the file names, and reports it in metrics, as JSON and on a page', async () => {
    const file = configured([
      { name: 'broken', target: BROKEN },
      { name: 'clean', target: join(FIXTURES, 'lawful-nested-index') },
    ])
    const server = await start(file)
    await server.until('scan.finished', 2)
    expect(await server.series('failures{registry="broken",reason="index-child-missing"}')).toBe(3)
    expect(await server.series('failures{registry="clean",reason="index-child-missing"}')).toBe(0)
    expect(await server.series('run_success{registry="clean"}')).toBe(1)
    const { registries } = JSON.parse(await server.get('/api/v1/registries'))
    expect(registries).toMatchObject([
      { registry: 'broken', verdict: 'damaged', stale: false },
      { registry: 'clean', verdict: 'clean', stale: false },
    ])
    const report = JSON.parse(await server.get('/api/v1/registries/broken'))
    const once = await regfsck(['scan', '--output', 'json', '--recheck-delay', '0s', BROKEN])
    const { targets } = JSON.parse(once.stdout)
    expect(report.targets[0].findings.map(({ code, digest }: Entry) => [code, digest])).toEqual(
      targets[0].findings.map(({ code, digest }: Entry) => [code, digest]),
    )
    const overview = await server.get('/')
    expect(overview).toContain('broken')
    expect(await server.get('/registries/broken')).toContain('infra-ci')
  })

  it('does not scan because somebody asks', async () => {
    const server = await start(configured([{ name: 'broken', target: BROKEN }]))
    await server.until('scan.finished')
    const paths = ['/metrics', '/', '/registries/broken', '/api/v1/registries', '/healthz', '/readyz']
    for (let n = 0; n < 20; n++) await Promise.all(paths.map((path) => server.get(path)))
    expect(await server.series('runs_total{registry="broken"}')).toBe(1)
    expect(server.logged.filter(({ event }) => event === 'scan.started')).toHaveLength(1)
  })

  it('scans again after the interval', async () => {
    const server = await start(configured([{ name: 'broken', target: BROKEN, interval: '1s' }]))
    await server.until('scan.finished', 3)
    expect(await server.series('runs_total{registry="broken"}')).toBeGreaterThanOrEqual(3)
    expect(await server.series('oldest_failure_timestamp_seconds{registry="broken"}')).toBeLessThan(
      (await server.series('last_run_timestamp_seconds{registry="broken"}')) ?? 0,
    )
  })

  it('ends within 5 s of SIGTERM, with 0, and its scans with it, whatever these wait for', async () => {
    const server = await start(
      configured([
        { name: 'silent', target: await silentRegistry(), 'request-timeout': '10m' },
        { name: 'broken', target: BROKEN },
      ]),
    )
    await server.until('scan.started', 2)
    await server.until('scan.finished')
    const scans = scansOf(server)
    expect(scans).toHaveLength(1)
    const { code, took } = await server.end()
    expect(code).toBe(0)
    expect(took).toBeLessThan(5000)
    expect(scans.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  })

  it('leaves no scan behind when it is killed', async () => {
    const server = await start(
      configured([{ name: 'silent', target: await silentRegistry(), 'request-timeout': '10m' }]),
    )
    await server.until('scan.started')
    await expect.poll(() => scansOf(server).length, { timeout: 5000 }).toBe(1)
    const [scan = 0] = scansOf(server)
    await server.end('SIGKILL')
    await expect.poll(() => existsSync(`/proc/${scan}`), { timeout: 5000 }).toBe(false)
  })

  it('survives a scan that is killed, says so, and keeps what it knows', async () => {
    const silentOne = await silentRegistry()
    const server = await start(
      configured([
        { name: 'silent', target: silentOne, 'request-timeout': '10m' },
        { name: 'broken', target: BROKEN },
      ]),
    )
    await server.until('scan.started', 2)
    await server.until('scan.finished')
    const [scan = 0] = scansOf(server)
    expect(scan).toBeGreaterThan(0)
    process.kill(scan, 'SIGKILL')
    await server.until('scan.finished', 2)
    expect(await server.series('run_failures_total{registry="silent",reason="crashed"}')).toBe(1)
    expect(await server.series('run_success{registry="silent"}')).toBe(0)
    expect(await server.series('failures{registry="broken",reason="index-child-missing"}')).toBe(3)
    expect(await server.get('/healthz')).toBe('ok\n')
  })

  it('reads a changed configuration at SIGHUP, and keeps the old one where the new one is not sound', async () => {
    const file = configured([{ name: 'first', target: BROKEN }])
    const server = await start(file)
    await server.until('scan.finished')
    write(file, [
      { name: 'first', target: BROKEN },
      { name: 'second', target: BROKEN, depht: 'graph' },
    ])
    server.child.kill('SIGHUP')
    await server.until('config.refused')
    expect(server.logged.find(({ event }) => event === 'config.refused')).toMatchObject({
      problem: expect.stringContaining('registries[1].depht: unknown key; did you mean depth?'),
    })
    expect(await server.series('config_last_reload_successful')).toBe(0)
    expect(await server.series('run_success{registry="first"}')).toBe(1)
    write(file, [
      { name: 'first', target: BROKEN },
      { name: 'second', target: BROKEN },
    ])
    server.child.kill('SIGHUP')
    await server.until('scan.finished', 2)
    expect(await server.series('config_last_reload_successful')).toBe(1)
    expect(await server.series('run_success{registry="second"}')).toBe(1)
    // The first one stayed as it was: it was not scanned again.
    expect(await server.series('runs_total{registry="first"}')).toBe(1)
  })

  it('reads a changed configuration of itself', async () => {
    const file = configured([{ name: 'first', target: BROKEN }])
    const server = await start(file)
    await server.until('scan.finished')
    write(file, [{ name: 'second', target: BROKEN }])
    await server.until('scan.finished', 2)
    expect(await server.series('run_success{registry="first"}')).toBeUndefined()
    expect(await server.series('run_success{registry="second"}')).toBe(1)
  })

  it('knows after a restart what it knew', async () => {
    const state = join(scratch(), 'known')
    const file = configured([{ name: 'broken', target: BROKEN }], { state })
    const first = await start(file)
    await first.until('scan.finished')
    const before = await first.series('last_success_timestamp_seconds{registry="broken"}')
    await first.end()
    const second = await start(file)
    expect(await second.series('failures{registry="broken",reason="index-child-missing"}')).toBe(3)
    expect(await second.series('last_success_timestamp_seconds{registry="broken"}')).toBe(before)
    expect(second.logged.map(({ event }) => event)).not.toContain('scan.started')
  })

  it('only serves its results, whatever the environment says', async () => {
    const elsewhere = join(scratch(), 'out.json')
    const env = { REGFSCK_OUTPUT: `json=${elsewhere}`, REGFSCK_STATE: elsewhere, REGFSCK_FAIL_ON: 'error' }
    const server = await start(configured([{ name: 'broken', target: BROKEN }]), env)
    await server.until('scan.finished')
    expect(await server.series('run_success{registry="broken"}')).toBe(1)
    expect(existsSync(elsewhere)).toBe(false)
  })

  it('cannot share its port, and says so', async () => {
    const server = await start(configured([{ name: 'broken', target: BROKEN }]))
    const file = configured([{ name: 'broken', target: BROKEN }], { listen: new URL(server.url).host })
    const { code, stderr } = await regfsck(['serve', '--config', file])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^regfsck: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*--listen\n$/),
    })
  })
})
