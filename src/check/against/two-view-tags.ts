import { compareText } from '../compare-text.ts'
import type { Finding } from '../findings/finding.ts'
import type { TagRecord, TagVerdict, UncheckedRecord } from '../records.ts'
import type { TwoViews } from './views.ts'

/** The worst first. */
const WORST_FIRST: readonly TagVerdict[] = ['unpullable', 'degraded', 'unchecked', 'intact']

/** The tags of both views: the worse verdict counts. */
export function mergeTags(
  { stored, served }: TwoViews,
  findings: readonly Finding[],
  unchecked: readonly UncheckedRecord[],
): TagRecord[] {
  const refused = new Set(findings.filter(({ code }) => code === 'not-served-by-api').flatMap(({ tag }) => tag ?? []))
  const open = new Set(unchecked.flatMap(({ tag }) => tag ?? []))
  const tags = stored.report.tags.map((record): TagRecord => {
    if (refused.has(record.tag)) return { ...record, verdict: 'unpullable' }
    if (open.has(record.tag)) return { ...record, verdict: worse(record.verdict, 'unchecked') }
    const other = served.tag(record.tag)?.verdict ?? 'intact'
    // If damage on disk explains why the API could not answer, the tag is not unchecked.
    return {
      ...record,
      verdict: other === 'unchecked' && record.verdict !== 'intact' ? record.verdict : worse(record.verdict, other),
    }
  })
  const claimed = findings.flatMap(({ code, tag }) => (code === 'masked-by-cache' && tag !== undefined ? [tag] : []))
  const vanished = served.report.tags
    .filter(({ tag }) => claimed.includes(tag) && !stored.tag(tag))
    .map((record): TagRecord => ({ ...record, verdict: 'unpullable' }))
  return [...tags, ...vanished].sort((a, b) => compareText(a.tag, b.tag))
}

function worse(a: TagVerdict, b: TagVerdict): TagVerdict {
  return WORST_FIRST.find((verdict) => verdict === a || verdict === b) ?? a
}
