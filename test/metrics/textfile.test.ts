import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeWholeFile } from '../../src/cli/files/whole-file.ts'
import type { RunMetrics } from '../../src/metrics/metrics.ts'
import { textfileStem, writeTextfiles } from '../../src/metrics/textfile.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { finding, metricsFor, seriesIn, summary, target, unchecked } from './events.ts'

const home = scratch()
let directories = 0

function directory(): string {
  const path = join(home, String(directories++))
  mkdirSync(path)
  return path
}

function written(metrics: RunMetrics, into: string): void {
  expect(writeTextfiles(metrics, into, writeWholeFile)).toEqual([])
}

/** All files of a directory, as node_exporter puts them together. */
function seriesOf(into: string): Record<string, number> {
  return Object.assign({}, ...readdirSync(into).map((name) => seriesIn(readFileSync(join(into, name), 'utf8'))))
}

const at = (minute: number) => ({ finishedAt: new Date(Date.UTC(2026, 10, 20, 12, minute)) })
const families = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^# TYPE (\w+) gauge$/gm)].map(([, name = '']) => name)

describe('two files', () => {
  it('hold all that a complete run says, and no family twice', async () => {
    const into = directory()
    const metrics = await metricsFor([target(), finding(), summary()], { legacy: true })
    written(metrics, into)
    expect(readdirSync(into).sort()).toEqual(['lab.result.prom', 'lab.run.prom'])
    const [result, run] = ['result', 'run'].map((name) => families(join(into, `lab.${name}.prom`)))
    expect(result?.filter((name) => run?.includes(name))).toEqual([])
    expect(seriesOf(into)).toEqual(seriesIn(metrics.whole))
  })

  it('keep after a failed run what was last known', async () => {
    const into = directory()
    written(await metricsFor([target(), finding(), summary()], {}, at(0)), into)
    const before = readFileSync(join(into, 'lab.result.prom'))
    written(await metricsFor([target(), { type: 'unreadable', reason: '' }], {}, at(15)), into)
    expect(readFileSync(join(into, 'lab.result.prom'))).toEqual(before)
    expect(seriesOf(into)).toMatchObject({
      run_success: 0,
      'failures{reason="layer-missing"}': 1,
      last_success_timestamp_seconds: Date.UTC(2026, 10, 20, 12) / 1000,
      last_run_timestamp_seconds: Date.UTC(2026, 10, 20, 12, 15) / 1000,
    })
  })

  it('take from an incomplete run the errors that it found, and keep the rest', async () => {
    const into = directory()
    written(await metricsFor([target(), finding({ code: 'tag-dangling' }), summary()], {}, at(0)), into)
    const partial = [finding(), finding(), unchecked(), summary({ complete: false })]
    written(await metricsFor([target(), ...partial], {}, at(15)), into)
    const series = seriesOf(into)
    expect(series).toMatchObject({
      'failures{reason="layer-missing"}': 2,
      repositories: 3,
      last_success_timestamp_seconds: Date.UTC(2026, 10, 20, 12) / 1000,
    })
    expect(Object.keys(series)).not.toContain('failures{reason="tag-dangling"}')
    const names = families(join(into, 'lab.result.prom'))
    expect(new Set(names).size).toBe(names.length)
  })

  it('begin with an incomplete run where nothing was known', async () => {
    const into = directory()
    written(await metricsFor([target(), finding(), unchecked(), summary({ complete: false })]), into)
    expect(seriesOf(into)).toMatchObject({ 'failures{reason="layer-missing"}': 1, run_success: 0 })
    const clean = directory()
    written(await metricsFor([target(), unchecked(), summary({ complete: false })]), clean)
    expect(readdirSync(clean)).toEqual(['lab.run.prom'])
  })

  it('drop what another version wrote and this one does not know, and describe the rest again', async () => {
    const into = directory()
    const path = join(into, 'lab.result.prom')
    const old = ['# HELP registry_integrity_tags Old words.', 'registry_integrity_tags{registry="lab"} 7', 'other 1']
    writeFileSync(path, `${old.join('\n')}\n`)
    written(await metricsFor([target(), finding(), summary({ complete: false })]), into)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain('# TYPE registry_integrity_tags gauge\nregistry_integrity_tags{registry="lab"} 7\n')
    expect(text).not.toMatch(/Old words|^other/m)
  })

  it('can be read by whoever runs node_exporter, whatever the umask', async () => {
    const into = directory()
    const before = process.umask(0o077)
    try {
      written(await metricsFor([target(), summary()]), into)
    } finally {
      process.umask(before)
    }
    expect(readdirSync(into).map((name) => statSync(join(into, name)).mode & 0o777)).toEqual([0o644, 0o644])
  })
})

describe('the names of the files', () => {
  it.each([
    [{ registry: 'hub' }, 'hub'],
    [{ registry: 'hub-1.example', profile: 'deep' }, 'hub-1.example-deep'],
    [{ registry: 'host:5000' }, 'host%3A5000'],
    [{ registry: 'a/b' }, 'a%2Fb'],
    [{ registry: '..' }, '%2E.'],
    [{ registry: '../../etc/x' }, '%2E.%2F..%2Fetc%2Fx'],
    [{ registry: 'a%2Fb' }, 'a%252Fb'],
    [{ registry: 'größe' }, 'gr%C3%B6%C3%9Fe'],
    [{ registry: 'hub', shard: '0/4' }, 'hub-shard0%2F4'],
  ])('of %j are safe', (identity, stem) => {
    expect(textfileStem(identity)).toBe(stem)
  })

  it('stay in the directory', async () => {
    const into = directory()
    for (const registry of ['..', '../x', '/etc/x', 'a\0b'])
      written(await metricsFor([target({ registry }), summary()]), into)
    expect(readdirSync(into)).toHaveLength(8)
    expect(existsSync(join(home, 'x.run.prom'))).toBe(false)
  })

  it('that two registries would share go to the first', async () => {
    const into = directory()
    written(await metricsFor([target({ registry: 'a-b' }), summary()], { profile: 'c' }), into)
    const before = readFileSync(join(into, 'a-b-c.run.prom'), 'utf8')
    const other = await metricsFor([target({ registry: 'a' }), summary()], { profile: 'b-c' })
    expect(writeTextfiles(other, into, writeWholeFile)).toEqual([
      `the metrics of "a" were not written: ${join(into, 'a-b-c')}.run.prom belongs to {registry="a-b",profile="c"}`,
    ])
    expect(readFileSync(join(into, 'a-b-c.run.prom'), 'utf8')).toBe(before)
  })
})

describe('a directory that does not take them', () => {
  it('is named', async () => {
    const into = join(home, 'nowhere')
    const problems = writeTextfiles(await metricsFor([target(), summary()]), into, writeWholeFile)
    expect(problems).toEqual([expect.stringMatching(/^the metrics of "lab" were not written to \/.*nowhere: ENOENT/)])
  })
})

describeWithServers(['prometheus'], 'promtool', () => {
  it('has nothing against either file, nor against both together', async () => {
    const into = directory()
    written(await metricsFor([target(), summary()], { interval: 900 }), into)
    written(await metricsFor([target(), finding(), unchecked(), summary({ complete: false })], { interval: 900 }), into)
    const [result = '', run = ''] = ['result', 'run'].map((name) =>
      readFileSync(join(into, `lab.${name}.prom`), 'utf8'),
    )
    for (const input of [result, run, `${result}${run}`]) {
      const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
    }
  })
})
