import type { UncheckedRecord } from '../../check/judge/judge.ts'
import { isSkip } from '../../check/store-error.ts'
import { imageName } from '../../oci/image-name.ts'
import { harmless } from '../escape.ts'
import type { Pen } from './table.ts'

const MOST = 8

/** What nobody can vouch for, by reason. */
export function uncheckedLines(records: readonly UncheckedRecord[], pen: Pen): string[] {
  const reasons = new Map<string, UncheckedRecord[]>()
  for (const record of records) reasons.set(record.because, [...(reasons.get(record.because) ?? []), record])
  return [...reasons].flatMap(([because, group]) => [
    `  ${isSkip(group[0]?.because ?? 'MOVED') ? 'SKIPPED' : pen.ink.yellow('UNCHECKED')}  ${pen.ink.bold(because)}, ${group.length} times`,
    ...group.slice(0, MOST).map((record) => `      ${harmless(describe(record))}`),
    ...(group.length > MOST ? [`      and ${group.length - MOST} more; --output json lists all`] : []),
    '',
  ])
}

function describe({ repository, tag, digest, path, detail }: UncheckedRecord): string {
  const reference = tag ?? digest
  const what = reference === undefined ? (repository ?? '') : imageName(repository ?? '', reference)
  if (path === undefined || path === '')
    return [what, detail].filter((part) => part !== undefined && part !== '').join(' ')
  return `${path} ${detail ?? ''}${what === '' ? '' : ` (${what})`}`
}
