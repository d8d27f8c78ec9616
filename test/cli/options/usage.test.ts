import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

const directory = scratch()

describe('words that mean nothing end with 2, one line for each problem, and nothing scanned', () => {
  it.each([
    [['--depth', 'deep'], '--depth: expected blobs, graph or content, not "deep"'],
    [['--roots', 'all'], '--roots: expected tags or revisions, not "all"'],
    [['--engine', '4'], '--engine: expected 2.8, 3 or all, not "4"'],
    [['--fail-on', 'notice'], '--fail-on: expected error, warning or never, not "notice"'],
    [['--color', 'pink'], '--color: expected auto, always or never, not "pink"'],
    [['--log-level', 'loud'], /^--log-level: expected silent, .*, not "loud"$/],
    ...['0', '-1', '1.5', '257', 'many', '', '1e9', '0x10'].map(
      (count) => [[`--concurrency=${count}`], /^--concurrency: expected a whole number from 1 to 256, not "/] as const,
    ),
    ...['soon', '-1s', '', '3 s', '1h 30m', '1h30', '30m,', 'h', '1x', '1e3s', 'NaN', 'Infinity'].map(
      (delay) => [[`--recheck-delay=${delay}`], /^--recheck-delay: expected a duration such as .*, not "/] as const,
    ),
    [['--deadline', 'tomorrow'], /^--deadline: expected a duration/],
    ...['0', '0s', '0h0m', '0.4ms', '1us'].flatMap((none) => [
      [['--request-timeout', none], `--request-timeout: expected at least 1ms, not "${none}"`] as const,
      [['--deadline', none], `--deadline: expected at least 1ms, not "${none}"`] as const,
    ]),
    ...['0', '999ms'].map(
      (short) => [['--interval', short], `--interval: expected at least 1s, not "${short}"`] as const,
    ),
    [['--max-requests-per-second', '0'], /^--max-requests-per-second: expected a whole number from 1 /],
    [['--shard', '0/0'], /^--shard: expected I\/N/],
    [['--token-file', '/nonexistent'], /^--token-file: cannot read \/nonexistent: ENOENT/],
    [['--token-file', '/dev/null'], '--token-file: /dev/null is empty'],
    [['--token-file', '/'], /^--token-file: cannot read \/: EISDIR/],
    [['--token-file', '/etc/passwd'], '--token-file: /etc/passwd contains more than one token'],
    [['--output', 'xml'], /^--output: expected table, json.*, not "xml"$/],
    [['--output', 'json='], '--output: no file after "json="'],
    [['--output', '=file'], /^--output: expected table, json.*, not ""$/],
    [['--output', 'json', '--output', 'table'], /^--output: only one format can go to stdout/],
    [['--output', 'json=x', '--output', 'ndjson=x'], '--output: two formats cannot go to one file'],
    [['--registry', ''], '--registry: expected a name'],
    [['--registry', ' '], '--registry: expected a name'],
    [['--garbage', '--depth', 'graph'], /^--garbage: needs --depth blobs or content/],
    [['--garbage', '--repositories', 'a'], /^--garbage: needs all repositories/],
    [['--garbage', '--exclude', 'a'], /^--garbage: needs all repositories/],
    [['--repositories-from', '/nonexistent/list'], /^--repositories-from: cannot read \/nonexistent\/list/],
    [['https://'], /^"https:\/\/" is not a URL: expected https/],
    [['s3://bucket/prefix'], /^"s3:\/\/bucket\/prefix" cannot be scanned: expected https/],
    [['--garbage', 'https://registry.example'], /^--garbage: works on storage only/],
    [['--client-cert', '/dev/null'], /^--client-cert and --client-key: give both or none/],
    [['--ca-file', '/nonexistent'], /^--ca-file: cannot read/],
    [['--bogus'], /^unknown option "--bogus"/],
    [['-x'], /^unknown option "-x"/],
    [['--depth'], /--depth.* argument missing/],
  ] as const)('%j', async (flags, problem) => {
    const ran = await regfsckHere(['scan', directory, ...flags])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(linesOf(ran.stderr)).toEqual([
      expect.stringMatching(typeof problem === 'string' ? exactly(problem) : problem),
    ])
  })

  it.each(['--repositories', '--exclude', '--sparse'])('a glob longer than any name, with %s', async (flag) => {
    const { code, stderr } = await regfsckHere(['scan', directory, flag, 'x'.repeat(70_000)])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `regfsck: ${flag}: expected globs of at most 4096 characters\n`,
    })
  })

  it('all at once', async () => {
    const ran = await regfsckHere([
      ...['scan', directory, 'https://x?y', '--depth', 'deep', '--engine=4', '--concurrency=0'],
      ...['--output', 'xml', '--recheck-delay', 'soon', '--registry', '', '--repositories-from', '/nonexistent'],
    ])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(linesOf(ran.stderr).map((line) => line.replace(/:.*/, ''))).toEqual([
      ...['--depth', '--recheck-delay', '--repositories-from', '--engine', '--output', '--concurrency'],
      ...['"https', '--registry'],
    ])
  })

  it('an option that does not exist beside values that are wrong', async () => {
    const ran = await regfsckHere(['scan', directory, '--bogus', '--depth', 'deep', '--worse=1', '--engine', '9'])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(linesOf(ran.stderr)).toHaveLength(4)
  })

  it.each([
    [['scan'], /missing required argument 'target'/],
    [['scna', directory], /unknown command 'scna'/],
    [['--bogus'], /unknown option '--bogus'/],
    [['explain', 'nonsense'], /no such code: "nonsense"/],
    [['explain', 'toString'], /no such code: "toString"/],
    [['explain', '../README'], /no such code: "\.\.\/README"/],
    [['explain', 'layer-missing', 'twice'], /too many arguments/],
  ])('%j', async (args, problem) => {
    const ran = await regfsckHere(args)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(problem)
    expect(ran.stderr).toMatch(/^regfsck: [^\n]*\n(\(Did you mean [^\n]*\n)?$/)
  })

  it('does not write the files of a run that never was', async () => {
    const file = join(directory, 'report.json')
    expect(await regfsckHere(['scan', directory, `--output=json=${file}`, '--depth=deep'])).toMatchObject({ code: 2 })
    expect(existsSync(file)).toBe(false)
    expect(readdirSync(directory)).toEqual([])
  })

  it('takes what follows -- for a path, even one that looks like an option', async () => {
    const ran = await regfsckHere(['scan', '--output', 'json', '--', '-x'])
    expect(ran).toMatchObject({ code: 4, stderr: '' })
  })
})

function linesOf(stderr: string): string[] {
  expect(stderr.endsWith('\n')).toBe(true)
  return stderr
    .trimEnd()
    .split('\n')
    .map((line) => {
      expect(line).toMatch(/^regfsck: /)
      return line.slice('regfsck: '.length)
    })
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
}
