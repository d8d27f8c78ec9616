import type { ReportedFinding } from '../../../check/events.ts'
import { harmless } from '../../escape.ts'
import { counted } from '../../html/overview/quantities.ts'
import { groupedBy } from '../../records/finding-groups.ts'
import type { TableLayout } from '../../table/layout.ts'
import { wrap } from '../../table/wrap.ts'

/** Files that are listed for each reason; the JSON report has all. */
const MOST_FILES = 4

/** The files that would stop a collection, by reason, and what to do about them. */
export function abortLines(findings: readonly ReportedFinding[], layout: TableLayout): string[] {
  const aborts = findings.filter(({ code }) => code === 'gc-would-abort')
  if (aborts.length === 0) return []
  const { red, bold } = layout.colors
  const groups = groupedBy(aborts, ({ cause, evidence }) => JSON.stringify([cause, evidence.collections]))
  return [
    `${bold(red('WOULD STOP'))}  ${counted(aborts.length, 'file')} in the way`,
    ...[...groups.values()].flatMap((group) => linesOf(group, layout)),
  ]
}

function linesOf(group: readonly ReportedFinding[], { columns, colors }: TableLayout): string[] {
  const [first] = group
  if (first === undefined) return []
  const { repair, message } = first
  const more = group.length - MOST_FILES
  return [
    ...group.slice(0, MOST_FILES).map(({ evidence }) => `  ${colors.bold(harmless(evidence.path ?? ''))}`),
    ...(more > 0 ? [`  and ${counted(more, 'more file')}; --output json lists all`] : []),
    ...wrap(harmless(message), columns, '      '),
    ...wrap(`${colors.bold('What to do')}: ${harmless(repair.why)}`, columns, '      '),
  ]
}
