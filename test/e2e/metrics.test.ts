import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { copyOfFixture, fixture } from '../support/builders/fixtures.ts'
import { regfsck, reportIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const broken = fixture('child-deleted-by-gc-m')
const clean = fixture('lawful-nested-repositories')

/** The series of an exposition, without the values that change with every run. */
function seriesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

describe('the metrics of a scan', () => {
  it('count what the report counts', async () => {
    const [metrics, json] = await Promise.all(
      ['prometheus', 'json'].map((format) =>
        regfsckHere(['scan', broken, clean, '--recheck-delay=0', `--output=${format}`]),
      ),
    )
    const series = seriesIn(metrics?.stdout ?? '')
    const report = reportIn(json as NonNullable<typeof json>)
    expect(report.targets.map(({ registry }) => registry)).toEqual([
      'child-deleted-by-gc-m',
      'lawful-nested-repositories',
    ])
    for (const { registry, findings, totals } of report.targets) {
      const of = (name: string, labels = '') =>
        series.get(`registry_integrity_${name}{registry="${registry}"${labels}}`)
      const errors = findings.filter(({ severity }) => severity === 'error')
      expect(of('failures', ',reason="index-child-missing"')).toBe(errors.length)
      expect(of('unpullable_tags')).toBe(totals?.tags['unpullable'])
      expect(of('repositories')).toBe(totals?.repositories)
      expect(of('run_success')).toBe(1)
      expect(of('run_interval_seconds')).toBe(900)
      expect(of('stage_duration_seconds', ',stage="walk"')).toBeGreaterThan(0)
    }
  })

  it('report a target that is not there', async () => {
    const nowhere = join(scratch(), 'nowhere')
    const { stdout, code } = await regfsckHere(['scan', nowhere, '--output=prometheus'])
    const series = seriesIn(stdout)
    expect(code).toBe(4)
    expect(series.get('registry_integrity_catalog_error{registry="nowhere",reason="storage"}')).toBe(1)
    expect(series.get('registry_integrity_catalog_accessible{registry="nowhere"}')).toBe(0)
    expect(series.get('registry_integrity_run_success{registry="nowhere"}')).toBe(0)
    expect([...series.keys()].filter((name) => /last_success|failures|_tags/.test(name))).toEqual([])
  })

  it('are written for node_exporter, and a run that finds nothing out leaves the results as they were', async () => {
    const [directory, parent] = [scratch(), scratch()]
    const root = copyOfFixture('lawful-nested-repositories', join(parent, 'lab'))
    const scan = () => regfsckHere(['scan', root, `--textfile=${directory}`, '--profile=fast', '--interval=1h'])
    expect((await scan()).code).toBe(0)
    expect(readdirSync(directory).sort()).toEqual(['lab-fast.result.prom', 'lab-fast.run.prom'])
    const [result, run] = ['result', 'run'].map(
      (name) => () => readFileSync(join(directory, `lab-fast.${name}.prom`), 'utf8'),
    )
    const before = result?.()
    expect(run?.()).toContain('registry_integrity_run_interval_seconds{registry="lab",profile="fast"} 3600')
    writeFileSync(join(root, 'docker/registry/v2/repositories/file'), '')
    symlinkSync('/nowhere', join(root, 'docker/registry/v2/repositories/link'))
    expect((await scan()).code).toBe(3)
    expect(run?.()).toContain('registry_integrity_run_success{registry="lab",profile="fast"} 0')
    expect(result?.()).toBe(before)
  })

  it('that cannot be delivered end the run with 5, and the result is printed all the same', async () => {
    const ran = await regfsckHere(['scan', broken, '--recheck-delay=0', '--push=http://127.0.0.1:9', '--output=json'])
    expect(ran.code).toBe(5)
    expect(reportIn(ran).verdict).toBe('damaged')
    expect(ran.stderr).toMatch(/^regfsck: the metrics of "child-deleted-by-gc-m" were not delivered: .*tried 3 times/)
  })

  it('carry the old names where they are asked for', async () => {
    const { stdout } = await regfsckHere([
      'scan',
      broken,
      '--recheck-delay=0',
      '--output=prometheus',
      '--legacy-metrics',
    ])
    expect(seriesIn(stdout).get('registry_manifest_integrity_failures{instance="child-deleted-by-gc-m"}')).toBe(3)
  })

  it.each([
    ['--push=gateway:9091', /--push: .*expected http:\/\/HOST/],
    ['--push=http://user:canary@gateway:9091', /--push: must not contain a user name or password/],
    ['--textfile=/nowhere/at/all', /--textfile: cannot write to/],
    ['--interval=soon', /--interval: expected a duration/],
    ['--report-url=example.com/status', /--report-url: is not an http:\/\/ or https:\/\/ URL/],
    ['--report-url=javascript:alert(1)', /--report-url: is not an http:\/\/ or https:\/\/ URL/],
    ['--runbook-url=https://a.example/\nb', /--runbook-url: is not an http:\/\/ or https:\/\/ URL/],
    ['--runbook-url=https://me:canary@a.example', /--runbook-url: must not contain a user name or password/],
    [`--report-url=https://a.example/${'a'.repeat(1000)}`, /--report-url: is longer than 1000 characters/],
    ['--repository-metrics=1000', /--repository-metrics: expected a whole number from 0 to 100/],
  ])('are refused a bad option before anything is scanned: %s', async (flag, message) => {
    const ran = await regfsckHere(['scan', broken, flag])
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([2, '', expect.stringMatching(message)])
    expect(ran.stderr).not.toContain('canary')
  })

  it('link the report and the runbooks where the environment says', async () => {
    const env = { REGFSCK_REPORT_URL: 'https://a.example/lab', REGFSCK_RUNBOOK_URL: 'https://a.example/runbooks/' }
    const { stdout } = await regfsck(['scan', broken, '--recheck-delay=0', '--output=prometheus'], { env })
    expect(stdout).toContain(
      'registry_integrity_links_info{registry="child-deleted-by-gc-m",report="https://a.example/lab",runbooks="https://a.example/runbooks"} 1\n',
    )
  })

  it('are of registries, not of single images', async () => {
    const ran = await regfsckHere(['check', 'localhost/app:v1', '--output=prometheus'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('use regfsck scan')])
  })
})
