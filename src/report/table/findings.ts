import type { TagRecord } from '../../check/records.ts'
import { imageName } from '../../oci/image-name.ts'
import { harmless } from '../escape.ts'
import { commandsOf } from '../records/commands.ts'
import { bytesOf, type FindingGroup, firstSeenOf, groupsByRepository } from '../records/finding-groups.ts'
import type { TargetRecords } from '../records/target-records.ts'
import { count, some } from '../text/counts.ts'
import { platformName } from '../text/platform-name.ts'
import { SEEN_ONCE } from '../text/seen-once.ts'
import type { TableLayout } from './layout.ts'
import { wrap } from './wrap.ts'

/** The JSON report lists all. */
const MOST_BLOCKS = 1000
/** Objects listed in one block. */
const MOST_OBJECTS = 12
const MOST_TAGS = 6
const MOST_COMMANDS = 12

/** Findings of the same repository, code, cause, repair and tags share a block. The worst come first. */
export function findingBlocks(
  { findings, tags }: Pick<TargetRecords, 'findings' | 'tags'>,
  layout: TableLayout,
): string[] {
  const verdicts = new Map(tags.map((record) => [imageName(record.repository, record.tag), record.verdict]))
  const groups = groupsByRepository(findings)
  const blocks = groups.slice(0, MOST_BLOCKS).flatMap((group) => [...blockOf(group, verdicts, layout), ''])
  const rest = groups.slice(MOST_BLOCKS).reduce((sum, group) => sum + group.length, 0)
  return rest === 0
    ? blocks
    : [...blocks, `  And ${count(rest, 'more finding')}: ${layout.outputFlag} json lists all of them.`, '']
}

function blockOf(
  group: FindingGroup,
  verdicts: ReadonlyMap<string, TagRecord['verdict']>,
  layout: TableLayout,
): string[] {
  const [first] = group
  const body = '      '
  const text = (words: string): string[] => wrap(harmless(words), layout.columns, body)
  const commands = commandsOf(group.slice(0, MOST_OBJECTS))
  const rest = commands.length - MOST_COMMANDS
  return [
    headOf(group, verdicts, layout),
    `    ${layout.colors.bold(first.code)} (${first.cause})${group.length > 1 ? `, ${group.length} times` : ''}`,
    ...text(group.length > 1 && first.severity === 'notice' ? sumOf(group) : first.message),
    ...objectLines(group, body, layout),
    ...ageOf(group).flatMap(text),
    ...(first.confirmed ? [] : text(SEEN_ONCE)),
    `    ${layout.colors.bold('What to do')}: ${first.repair.action}`,
    ...text(first.repair.why),
    ...commands.slice(0, MOST_COMMANDS).map((command) => `${body}${layout.colors.dim('$')} ${harmless(command)}`),
    ...(rest > 0
      ? text(`And ${count(rest, 'more command')}: ${layout.outputFlag} repair=FILE writes all of them, in order.`)
      : []),
  ]
}

function ageOf(group: FindingGroup): string[] {
  const oldest = firstSeenOf(group)
  if (oldest === undefined) return []
  const fresh = group.filter(({ isNew }) => isNew).length
  if (fresh === group.length) return ['New since the last run.']
  return [
    fresh === 0 ? `First seen ${oldest}.` : `${fresh} of them new since the last run, the oldest first seen ${oldest}.`,
  ]
}

/** The tags that are affected, with their verdict and the platforms. */
function headOf(group: FindingGroup, verdicts: ReadonlyMap<string, TagRecord['verdict']>, layout: TableLayout): string {
  const [first] = group
  const { red, yellow, bold, dim } = layout.colors
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

function sumOf(group: FindingGroup): string {
  return `${group.length} objects, ${bytesOf(group)} bytes in total.`
}

function objectLines(group: FindingGroup, indent: string, { outputFlag }: TableLayout): string[] {
  const lines = group.slice(0, MOST_OBJECTS).map(({ digest, tag, platforms, evidence }) => {
    const what = digest ?? tag ?? evidence.path ?? ''
    return `${indent}${harmless(what)}${platforms.length > 0 ? `  ${harmless(platforms.map(platformName).join(', '))}` : ''}`
  })
  const more = group.length - MOST_OBJECTS
  return more > 0 ? [...lines, `${indent}and ${more} more; ${outputFlag} json lists all`] : lines
}
