import type { UncheckedRecord } from '../../check/records.ts'
import { isSkip } from '../../check/store-error.ts'
import { imageName } from '../../oci/image-name.ts'
import { harmless } from '../escape.ts'
import { groupedBy } from '../records/finding-groups.ts'
import type { TableLayout } from './layout.ts'

const MOST = 8

/** Unchecked and skipped objects, by reason. */
export function uncheckedLines(records: readonly UncheckedRecord[], layout: TableLayout): string[] {
  return [...groupedBy(records, ({ because }) => because)].flatMap(([because, group]) => [
    `  ${isSkip(because) ? 'SKIPPED' : layout.colors.yellow('UNCHECKED')}  ${layout.colors.bold(because)}, ${group.length} times`,
    ...group.slice(0, MOST).map((record) => `      ${harmless(describe(record))}`),
    ...(group.length > MOST ? [`      and ${group.length - MOST} more; ${layout.outputFlag} json lists all`] : []),
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
