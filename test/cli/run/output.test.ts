import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { fixture } from '../../support/builders/fixtures.ts'
import { reportIn, targetIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

vi.mock(import('../../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const whole = fixture('lawful-artifact')
const damaged = fixture('layer-blob-missing')

describe('--output', () => {
  it('is a table on stdout where nothing is said', async () => {
    const ran = await scan(whole)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^lawful-artifact {2}.*\n(.*\n)*CLEAN .*\n$/)
  })

  it('writes one format to stdout and others to files, all of one scan', async () => {
    const [json, ndjson] = ['report.json', 'report=1.ndjson'].map((name) => join(directory, name))
    const ran = await scan(damaged, `--output=json=${json}`, '--output', 'table', '--output', `ndjson=${ndjson}`)
    expect(ran).toMatchObject({ code: 1, stderr: '' })
    expect(ran.stdout).toMatch(/^DAMAGED /m)
    const report = reportIn({ ...ran, stdout: readFileSync(json ?? '', 'utf8') })
    const lines = readFileSync(ndjson ?? '', 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const ids = report.targets.flatMap(({ findings }) => findings.map(({ id }) => id))
    expect(ids).toHaveLength(1)
    expect(lines.filter(({ type }) => type === 'finding').map(({ id }) => id)).toEqual(ids)
    expect(lines.at(-1)).toMatchObject({ type: 'summary', registry: 'layer-blob-missing' })
  })

  it('to a file says nothing on stdout', async () => {
    const file = join(directory, 'alone.json')
    expect(await scan(whole, `--output=json=${file}`)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ verdict: 'clean' })
  })

  it('takes the place of an older report', async () => {
    const file = join(directory, 'older.json')
    writeFileSync(file, 'x'.repeat(1_000_000))
    await scan(whole, `--output=json=${file}`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ verdict: 'clean' })
  })

  it('puts no colours into a file', async () => {
    const file = join(directory, 'table.txt')
    await scan(damaged, `--output=table=${file}`, '--color', 'always')
    expect(readFileSync(file, 'utf8')).toContain('layer-missing')
    expect(readFileSync(file, 'utf8')).not.toContain('\u001b')
  })
})

describe('a result that cannot be delivered', () => {
  const cannot = join(directory, 'nowhere/report.json')
  mkdirSync(join(directory, 'a-directory'))

  it.each([
    ['below a directory that is not there', cannot],
    ['in place of a directory', join(directory, 'a-directory')],
    ['on a full disk', '/dev/full'],
  ])('%s ends with 5, is on stdout all the same, and the file is named', async (_, file) => {
    const ran = await scan(whole, `--output=json=${file}`)
    expect(ran.code).toBe(5)
    expect(ran.stderr).toMatch(new RegExp(`^regfsck: cannot write ${file}: .*\n$`))
    expect(targetIn(ran)).toMatchObject({ registry: 'lawful-artifact', complete: true })
  })

  it('ends with 5 before anything that was found', async () => {
    expect(await scan(damaged, '--output=table', `--output=json=${cannot}`)).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/^DAMAGED /m),
    })
    expect(await scan(join(directory, 'nowhere'), '--output=table', `--output=json=${cannot}`)).toMatchObject({
      code: 5,
    })
  })

  it('does not keep the others from being delivered', async () => {
    const other = join(directory, 'other.json')
    expect(await scan(whole, `--output=ndjson=${cannot}`, `--output=json=${other}`)).toMatchObject({ code: 5 })
    expect(existsSync(other)).toBe(true)
  })
})

describe('colours', () => {
  it.each([
    ['none in a pipe', {}, false, [], false],
    ['on a terminal', {}, true, [], true],
    ['not where NO_COLOR is set', { NO_COLOR: '1' }, true, [], false],
    ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, [], true],
    ['in a pipe where FORCE_COLOR is set', { FORCE_COLOR: '1' }, false, [], true],
    ['not where FORCE_COLOR is 0', { FORCE_COLOR: '0' }, true, [], false],
    ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, [], false],
    ['--color always before NO_COLOR', { NO_COLOR: '1' }, false, ['--color', 'always'], true],
    ['--color never before FORCE_COLOR', { FORCE_COLOR: '1' }, true, ['--color=never'], false],
  ] as const)('%s', async (_, env, terminal, flags, colored) => {
    const { stdout } = await regfsckHere(['scan', '--recheck-delay=0', ...flags, damaged], { env, terminal })
    expect(stdout).toContain('layer-missing')
    expect(stdout.includes('\u001b[')).toBe(colored)
  })

  it('never go into JSON', async () => {
    const { stdout } = await scan(damaged, '--output', 'json', '--color', 'always')
    expect(stdout).not.toContain('\u001b')
  })
})

function scan(target: string, ...flags: readonly string[]) {
  return regfsckHere(['scan', '--recheck-delay', '0', ...flags, target])
}
