import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { count } from './count.ts'
import { machine } from './machine.ts'
import { watchNeighbours } from './neighbours.ts'
import { type Outcome, type Row, verdictOf } from './row.ts'
import type { Bench } from './section.ts'
import { type SectionName, sections } from './sections.ts'
import { table } from './table.ts'

const BUILT = join(import.meta.dirname, '../dist/bin.js')

process.exitCode = await main().catch((error: unknown) => {
  console.error(messageOf(error))
  return 2
})

/** 0 when no goal is missed; 1 when one is, or could not be measured. What cannot be measured here is only told. */
async function main(): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'regfsck-bench-run-'))
  try {
    const { names, bench } = options(scratch)
    mkdirSync(bench.directory, { recursive: true })
    const others = watchNeighbours()
    const rows: Row[] = []
    for (const name of names) rows.push(...(await rowsOf(name, bench)))
    console.log(`${table(rows)}\n\n${machine(bench.directory)}\n- other programs meanwhile: ${share(others())}`)
    console.log(`- repeat: \`${['npx tsx bench/run.ts', ...process.argv.slice(2).map(quoted)].join(' ')}\``)
    return rows.map(verdictOf).some((verdict) => verdict === 'MISSED' || verdict === 'FAILED') ? 1 : 0
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function options(scratch: string): { names: SectionName[]; bench: Bench } {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      only: { type: 'string', multiple: true, default: Object.keys(sections) },
      dir: { type: 'string', default: join(tmpdir(), 'regfsck-bench') },
      cmd: { type: 'string' },
      unproved: { type: 'boolean', default: false },
    },
  })
  if (values.cmd === undefined && !existsSync(BUILT)) throw new Error('nothing to measure: run `npm run build` first')
  const [program = process.execPath, ...args] = values.cmd?.split(' ') ?? [process.execPath, BUILT]
  const { dir: directory, unproved } = values
  const bench: Bench = { regfsck: [program, ...args], runs: count(values.runs), directory, scratch, prove: !unproved }
  return { names: values.only.map(sectionName), bench }
}

/** A section that fails costs its own rows only; the reason goes to stderr in full. */
async function rowsOf(name: SectionName, bench: Bench): Promise<Row[]> {
  const { labels, measure } = sections[name]
  console.error(`measuring ${name}`)
  try {
    const outcomes = await measure(bench)
    return labels.map((label, index) => ({ ...label, outcome: outcomes[index] ?? failed('not measured') }))
  } catch (error) {
    console.error(error)
    return labels.map((label) => ({ ...label, outcome: failed(messageOf(error)) }))
  }
}

function failed(because: string): Outcome {
  return { is: 'failed', because }
}

function sectionName(text: string): SectionName {
  if (!Object.hasOwn(sections, text)) throw new Error(`no such section: ${text}; one of ${Object.keys(sections)}`)
  return text as SectionName
}

function quoted(argument: string): string {
  return /^[\w./:=-]+$/.test(argument) ? argument : `'${argument}'`
}

function share(part: number | undefined): string {
  return part === undefined ? 'unknown' : `${(part * 100).toFixed(0)} % of the processors`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
