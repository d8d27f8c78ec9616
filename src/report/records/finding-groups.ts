import { compareText } from '../../check/compare-text.ts'
import type { ReportedFinding } from '../../check/events.ts'
import type { Severity } from '../../check/findings/code.ts'

/** Findings that a report prints together. */
export type FindingGroup = readonly [ReportedFinding, ...ReportedFinding[]]

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 }

/** Items with the same key, in the order in which each key first occurs. */
export function groupedBy<T, Key>(items: Iterable<T>, keyOf: (item: T) => Key): Map<Key, [T, ...T[]]> {
  const groups = new Map<Key, [T, ...T[]]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

/** Groups of the same repository, code, cause and severity. Errors also share their tags, message and repair. */
export function groupsByRepository(findings: readonly ReportedFinding[]): readonly FindingGroup[] {
  const groups = groupedBy(findings, ({ repository, code, cause, severity, tags, repair, message }) =>
    JSON.stringify([
      ...[repository, code, cause, severity],
      ...(severity === 'error' ? [tags, repair.action, repair.why, message] : []),
    ]),
  )
  return worstFirst([...groups.values()])
}

/** Findings that no tag reaches: groups of the same repository, code, cause and severity. */
export function untaggedGroups(findings: readonly ReportedFinding[]): readonly FindingGroup[] {
  const groups = groupedBy(
    findings.filter((finding) => tagsOf(finding).length === 0),
    ({ repository, code, cause, severity }) => JSON.stringify([repository, code, cause, severity]),
  )
  return worstFirst([...groups.values()])
}

/** Findings that share code, cause, message and repair, whatever their repository: one paragraph describes them all. */
export function groupsByMessage(findings: readonly ReportedFinding[]): readonly FindingGroup[] {
  const groups = groupedBy(findings, ({ code, cause, severity, message, repair }) =>
    JSON.stringify([code, cause, severity, message, repair.action, repair.why]),
  )
  return [...groups.values()]
}

/** Every tag that a finding is listed under: the tags that reach it, or the tag that it is about. */
export function tagsOf({ tags, tag }: ReportedFinding): readonly string[] {
  return tags.length > 0 || tag === undefined ? tags : [tag]
}

/** When the oldest finding of a group was first seen, ISO 8601. `undefined` without a state of earlier runs. */
export function firstSeenOf(group: FindingGroup): string | undefined {
  return group.flatMap(({ firstSeen }) => firstSeen ?? []).sort()[0]
}

/** The bytes that the objects of a group take up. */
export function bytesOf(group: FindingGroup): number {
  return group.reduce((sum, { evidence }) => sum + (evidence.bytes ?? 0), 0)
}

function worstFirst(groups: readonly FindingGroup[]): readonly FindingGroup[] {
  return [...groups].sort(
    ([a], [b]) => RANK[a.severity] - RANK[b.severity] || compareText(a.repository ?? '', b.repository ?? ''),
  )
}
