import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { circles, percentile, sourceFiles } from './structure.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const files = sourceFiles(join(ROOT, 'src'))
const functions = files.flatMap((file) => file.functions.map(({ name, lines }) => ({ name, file: file.name, lines })))

/** The files through which the text of a target goes until the file that it leads to is opened. */
const TARGET_TO_FILE = [
  'cli/scan/scan-command.ts',
  'sources/storage/locate/locate.ts',
  'sources/storage/filesystem-source.ts',
  'sources/storage/thread-pool.ts',
  'sources/storage/worker.ts',
  'sources/storage/worker-data.ts',
  'sources/distribution/tasks.ts',
  'sources/distribution/repository/repository-store.ts',
  'sources/distribution/repository/link.ts',
  'sources/drivers/filesystem/driver.ts',
]

/** The files that make a finding, hand it on, or count it, until it is a sample of a metric. */
const FINDING_TO_SAMPLE = [
  'check/judge/diagnosis.ts',
  'check/judge/repository-findings.ts',
  'check/judge/judge.ts',
  'check/scan/report-results.ts',
  'check/scan/report-finding.ts',
  'metrics/metrics.ts',
  'metrics/facts.ts',
  'metrics/target-samples.ts',
]

describe('the source files', () => {
  it('are all read', () => {
    expect(files.length).toBeGreaterThan(300)
    expect(functions.length).toBeGreaterThan(1500)
  })

  it('have 70 lines or fewer in the median, and never more than 250', () => {
    expect(
      percentile(
        files.map(({ lines }) => lines),
        0.5,
      ),
    ).toBeLessThanOrEqual(70)
    expect(files.filter(({ lines }) => lines > 250).map(({ name, lines }) => `${name}: ${lines}`)).toEqual([])
  })

  it('import each other in no circle, types included', () => {
    expect(circles(files)).toEqual([])
  })

  it('say what each exported declaration is', () => {
    expect(files.flatMap(({ name, undocumented }) => undocumented.map((what) => `${name}: ${what}`))).toEqual([])
  })

  it('lie in folders of no more than 16 files', () => {
    const folders = new Map<string, number>()
    for (const { name } of files) {
      const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')))
      folders.set(folder, (folders.get(folder) ?? 0) + 1)
    }
    // One file for each code of a finding.
    folders.delete('check/findings/codes')
    expect([...folders].filter(([, count]) => count > 16)).toEqual([])
  })
})

describe('functions', () => {
  it('have 8 lines or fewer in the median, and 25 or fewer in 95 of 100', () => {
    const lines = functions.map((one) => one.lines)
    expect(percentile(lines, 0.5)).toBeLessThanOrEqual(8)
    expect(percentile(lines, 0.95)).toBeLessThanOrEqual(25)
  })
})

describe('the way', () => {
  it.each([
    ['from the text of a target to the file that is opened', TARGET_TO_FILE, 10],
    ['from a finding to the sample of a metric', FINDING_TO_SAMPLE, 8],
  ])('%s leads through few files, each tied to another', (_, way, most) => {
    expect(way.length).toBeLessThanOrEqual(most)
    const importsOf = (name: string): readonly string[] => files.find((file) => file.name === name)?.imports ?? []
    const loose = way.filter(
      (name) => !way.some((other) => importsOf(name).includes(other) || importsOf(other).includes(name)),
    )
    expect(loose).toEqual([])
  })
})

describe('ARCHITECTURE.md', () => {
  it('names only files that exist', () => {
    const text = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8')
    const there = ['src', 'test', 'alerts', 'fixtures', 'docs'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `/${folder}/${name}`),
    )
    const named = [...text.matchAll(/`([\w./-]+\.(?:ts|yaml|md))`/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(40)
    expect(named.filter((name) => !there.some((path) => path.endsWith(`/${name}`)))).toEqual([])
  })
})
