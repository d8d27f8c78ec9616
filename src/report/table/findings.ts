import { compareText } from '../../check/compare-text.ts'
import type { ToldFinding } from '../../check/events.ts'
import type { Severity } from '../../check/findings/code.ts'
import type { TagRecord } from '../../check/judge/judge.ts'
import { imageName } from '../../oci/image-name.ts'
import { harmless } from '../escape.ts'
import { commandsOf } from '../records/commands.ts'
import { platformName } from '../text/platform-name.ts'
import { SEEN_ONCE } from '../text/seen-once.ts'
import type { Pen, TableTarget } from './table.ts'
import { count, some, wrap } from './wrap.ts'

/** More than anybody reads; a report in JSON lists all. */
const MOST_BLOCKS = 1000
/** Objects listed in one block. */
const MOST_OBJECTS = 12
const MOST_TAGS = 6
const MOST_COMMANDS = 12

/** Findings with one story are told once: same repository, code, cause, remedy and tags. The worst come first. */
export function findingBlocks({ findings, tags }: TableTarget, pen: Pen): string[] {
  const verdicts = new Map(tags.map((record) => [imageName(record.repository, record.tag), record.verdict]))
  const groups = [...grouped(findings).values()].sort(
    (a, b) => RANK[a[0].severity] - RANK[b[0].severity] || compareText(a[0].repository ?? '', b[0].repository ?? ''),
  )
  const blocks = groups.slice(0, MOST_BLOCKS).flatMap((group) => [...blockOf(group, verdicts, pen), ''])
  const rest = groups.slice(MOST_BLOCKS).reduce((sum, group) => sum + group.length, 0)
  return rest === 0 ? blocks : [...blocks, `  And ${count(rest, 'more finding')}: --output json lists all of them.`, '']
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 }

type Group = [ToldFinding, ...ToldFinding[]]

function grouped(findings: readonly ToldFinding[]): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const finding of findings) {
    const { repository, code, cause, severity, tags, repair, message } = finding
    const story = severity === 'error' ? [tags, repair.action, repair.why, message] : []
    const key = JSON.stringify([repository, code, cause, severity, ...story])
    const group = groups.get(key)
    if (group) group.push(finding)
    else groups.set(key, [finding])
  }
  return groups
}

function blockOf(group: Group, verdicts: ReadonlyMap<string, TagRecord['verdict']>, pen: Pen): string[] {
  const [first] = group
  const body = '      '
  const text = (words: string): string[] => wrap(harmless(words), pen.columns, body)
  const commands = commandsOf(group.slice(0, MOST_OBJECTS))
  const rest = commands.length - MOST_COMMANDS
  return [
    headOf(group, verdicts, pen),
    `    ${pen.ink.bold(first.code)} (${first.cause})${group.length > 1 ? `, ${group.length} times` : ''}`,
    ...text(group.length > 1 && first.severity === 'notice' ? sumOf(group) : first.message),
    ...objectLines(group, body),
    ...ageOf(group).flatMap(text),
    ...(first.confirmed ? [] : text(SEEN_ONCE)),
    `    ${pen.ink.bold('What to do')}: ${first.repair.action}`,
    ...text(first.repair.why),
    ...commands.slice(0, MOST_COMMANDS).map((command) => `${body}${pen.ink.dim('$')} ${harmless(command)}`),
    ...(rest > 0 ? text(`And ${count(rest, 'more command')}: --output repair=FILE writes all of them, in order.`) : []),
  ]
}

/** Since when, as far as earlier runs are remembered. */
function ageOf(group: Group): string[] {
  const [oldest] = group.flatMap(({ firstSeen }) => firstSeen ?? []).sort()
  if (oldest === undefined) return []
  const fresh = group.filter(({ isNew }) => isNew).length
  if (fresh === group.length) return ['New since the last run.']
  return [
    fresh === 0 ? `First seen ${oldest}.` : `${fresh} of them new since the last run, the oldest first seen ${oldest}.`,
  ]
}

/** Who is hit: the tags with their verdicts and the platforms. */
function headOf(group: Group, verdicts: ReadonlyMap<string, TagRecord['verdict']>, pen: Pen): string {
  const [first] = group
  const { red, yellow, bold, dim } = pen.ink
  const mark = first.severity === 'error' ? red('ERROR') : first.severity === 'warning' ? yellow('WARNING') : 'NOTICE'
  const platforms = [...new Set(group.flatMap((finding) => finding.platforms))].sort()
  const where = platforms.length === 0 ? '' : `  ${platforms.map(platformName).map(harmless).join(', ')}`
  if (first.severity !== 'error' || first.tags.length === 0)
    return `  ${mark}  ${bold(harmless(first.repository ?? 'the registry'))}${where}${first.severity === 'error' ? `  ${dim('no tag')}` : ''}`
  const names = first.tags.map((tag) => imageName(first.repository ?? '', tag))
  const worst = new Set(names.map((name) => verdicts.get(name)))
  const verdict = worst.has('unpullable') ? red('cannot be pulled') : worst.has('degraded') ? yellow('degraded') : ''
  return `  ${mark}  ${bold(harmless(some(names, MOST_TAGS)))}  ${verdict}${where}`
}

function sumOf(group: Group): string {
  const bytes = group.reduce((sum, { evidence }) => sum + Number(evidence['bytes'] ?? 0), 0)
  return `${group.length} objects, ${bytes} bytes in total.`
}

function objectLines(group: Group, indent: string): string[] {
  const lines = group.slice(0, MOST_OBJECTS).map(({ digest, tag, platforms, evidence }) => {
    const what = digest ?? tag ?? (typeof evidence['path'] === 'string' ? evidence['path'] : '')
    return `${indent}${harmless(what)}${platforms.length > 0 ? `  ${harmless(platforms.map(platformName).join(', '))}` : ''}`
  })
  const more = group.length - MOST_OBJECTS
  return more > 0 ? [...lines, `${indent}and ${more} more; --output json lists all`] : lines
}
