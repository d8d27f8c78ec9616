import type { PastFinding } from '../../check/events.ts'
import { harmless } from '../escape.ts'
import type { TargetRecords } from '../records/target-records.ts'
import { count } from '../text/counts.ts'
import type { TableLayout } from './layout.ts'

const MOST = 12

/** Findings of earlier runs that are fixed, and those that this run could not check again. */
export function pastLines(
  { fixed, stillKnown }: Pick<TargetRecords, 'fixed' | 'stillKnown'>,
  layout: TableLayout,
): string[] {
  const { green, yellow } = layout.colors
  return [
    ...block(`${green('FIXED')}  since the last run`, fixed, layout),
    ...block(`${yellow('STILL KNOWN')}  from earlier runs, and not checked this time`, stillKnown, layout),
  ]
}

function block(title: string, findings: readonly PastFinding[], { colors, outputFlag }: TableLayout): string[] {
  if (findings.length === 0) return []
  const lines = findings.slice(0, MOST).map(({ code, repository, tag, digest, firstSeen }) => {
    const where = [repository, tag ?? digest].filter((part) => part !== undefined).join('  ')
    return `      ${harmless(`${code}  ${where}`)}  ${colors.dim(`first seen ${harmless(firstSeen)}`)}`
  })
  const more = findings.length - MOST
  return [
    `  ${title}: ${count(findings.length, 'finding')}`,
    ...lines,
    ...(more > 0 ? [`      and ${more} more; ${outputFlag} json lists all`] : []),
    '',
  ]
}
