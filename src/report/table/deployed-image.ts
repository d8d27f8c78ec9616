import type { TargetInfo } from '../../check/events.ts'
import { useText } from '../../check/findings/phrases.ts'
import { harmless } from '../escape.ts'
import type { TargetRecords } from '../records/target-records.ts'
import { some } from '../text/counts.ts'
import type { TableLayout } from './layout.ts'
import { wrap } from './wrap.ts'

/** Uses that are named; the JSON report has all. */
const MOST_USES = 6

/** Whether the target is a deployed image with which nothing is wrong, except that it may not be pinned. */
export function isIntactImage({ info, findings, unchecked, fixed, stillKnown, end }: TargetRecords): boolean {
  return (
    info.usedBy !== undefined &&
    end?.type === 'summary' &&
    end.complete &&
    findings.every(({ code, severity }) => code === 'image-unpinned' && severity !== 'error') &&
    unchecked.length + fixed.length + stillKnown.length === 0
  )
}

/** Such an image in two lines, because there may be many. */
export function intactImageLines(target: TargetRecords, layout: TableLayout): string[] {
  const { green, yellow, bold } = layout.colors
  const { info, findings } = target
  const worst = findings.some(({ severity }) => severity === 'warning') ? yellow : (text: string) => text
  const pinned = findings.length === 0 ? '' : `  ${worst('not pinned by digest')}`
  const unseen = info.depth === 'graph' ? '  layers not checked (depth graph)' : ''
  return [
    `${green('INTACT')}  ${bold(harmless(info.target))}${pinned}${unseen}`,
    ...usedByLines(info, layout),
    ...servedByLines(target, layout),
  ]
}

/** Where the image is named, and what needs it. */
export function usedByLines({ usedBy }: TargetInfo, layout: TableLayout): string[] {
  if (usedBy === undefined) return []
  return wrap(`needed by ${harmless(some(usedBy.map(useText), MOST_USES))}`, layout.columns, '  ')
}

/** Who served the image, if its registry has mirrors. */
export function servedByLines({ tags }: TargetRecords, layout: TableLayout): string[] {
  const hosts = [...new Set(tags.flatMap(({ servedBy = [] }) => servedBy))]
  return hosts.length === 0 ? [] : wrap(`served by ${harmless(hosts.join(', '))}`, layout.columns, '  ')
}
