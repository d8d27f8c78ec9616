import { textOf } from '../../check/reach/answers.ts'
import type { RepositoryReach } from '../../check/reach/reach-records.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { harmless } from '../escape.ts'
import type { Write } from '../report.ts'
import { colorsFor } from '../table/layout.ts'
import type { TableStyle } from '../table/table.ts'
import { wrap } from '../table/wrap.ts'
import { count } from '../text/counts.ts'
import type { ReachInfo, ReachOutput } from './reach-output.ts'

/** Repositories, and things that could not be read, that are listed; the JSON output has all. */
const MOST_ROWS = 200
const MOST_UNKNOWN = 20

const COLUMNS = ['tags', 'indexes', 'manifests', 'configs', 'layers'] as const
type Row = Readonly<Record<(typeof COLUMNS)[number], number>>

/** How much is reached in each repository, for people. */
export function reachTable(write: Write, style: TableStyle): ReachOutput {
  const colors = colorsFor(style.color)
  let info: ReachInfo | undefined
  let rows: (readonly [string, Row])[] = []
  let unknown: UncheckedRecord[] = []
  let failed: string | undefined
  const flush = (): void => {
    if (info === undefined) return
    write(`${colors.bold(harmless(info.registry))}  ${harmless(info.target)}\n\n`)
    for (const line of tableOf(rows)) write(`  ${line}\n`)
    const lines = [...unknown.map(textOf), ...(failed === undefined ? [] : [failed])]
    for (const line of lines.slice(0, MOST_UNKNOWN))
      write(`${wrap(harmless(line), style.columns, '      ', `  ${colors.yellow('UNKNOWN')}  `).join('\n')}\n`)
    if (lines.length > MOST_UNKNOWN) write(`      and ${lines.length - MOST_UNKNOWN} more; --output json lists all\n`)
    if (lines.length > 0) write('\n')
  }
  return {
    target(next) {
      flush()
      info = next
      rows = []
      unknown = []
      failed = undefined
    },
    take(event) {
      if (event.type === 'repository') {
        rows.push([event.reach.repository, rowOf(event.reach)])
        unknown.push(...event.reach.unknown)
      } else if (event.type === 'unknown') unknown.push(event.record)
      else failed = event.reason
    },
    end({ complete }) {
      flush()
      if (!complete) write(`${colors.yellow('INCOMPLETE')}  Not everything could be read: more may be reachable.\n`)
    },
  }
}

function rowOf({ tags, totals }: RepositoryReach): Row {
  const { index, manifest, unread, config, layer } = totals
  return { tags, indexes: index, manifests: manifest + unread, configs: config, layers: layer }
}

function tableOf(rows: readonly (readonly [string, Row])[]): readonly string[] {
  const total = (name: keyof Row): number => rows.reduce((all, [, row]) => all + row[name], 0)
  const sum: Row = {
    tags: total('tags'),
    indexes: total('indexes'),
    manifests: total('manifests'),
    configs: total('configs'),
    layers: total('layers'),
  }
  const shown = [...rows.slice(0, MOST_ROWS), ['all', sum] as const]
  const width = Math.max('repository'.length, ...shown.map(([name]) => harmless(name).length))
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padEnd(width)}${cells.map((cell) => `  ${String(cell).padStart(9)}`).join('')}`
  const more = rows.length - MOST_ROWS
  return [
    line('repository', COLUMNS),
    ...rows.slice(0, MOST_ROWS).map(([name, row]) =>
      line(
        harmless(name),
        COLUMNS.map((column) => row[column]),
      ),
    ),
    ...(more > 0 ? [`and ${count(more, 'more repository', 'more repositories')}; --output json lists all`] : []),
    line(
      'all',
      COLUMNS.map((column) => sum[column]),
    ),
    '',
  ]
}
