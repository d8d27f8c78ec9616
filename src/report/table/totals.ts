import type { ReferenceTotals, ScanEvent, TargetInfo } from '../../check/events.ts'
import type { ObjectTotals } from '../../check/records.ts'
import type { Depth } from '../../check/rules.ts'
import { count } from '../text/counts.ts'
import { UNTAGGED } from '../text/untagged.ts'
import type { TableLayout } from './layout.ts'
import { wrap } from './wrap.ts'

/** What was checked, the totals, and what this depth does not detect. */
export function totalsLines(
  info: TargetInfo,
  { totals, complete, stopped, garbage, untagged, references }: Extract<ScanEvent, { type: 'summary' }>,
  layout: TableLayout,
): string[] {
  const { tags } = totals
  const all = tags.intact + tags.degraded + tags.unpullable + tags.unchecked
  const ends = [
    tags.unpullable > 0 ? layout.colors.red(`${tags.unpullable} cannot be pulled`) : '',
    tags.degraded > 0 ? layout.colors.yellow(`${tags.degraded} degraded`) : '',
    tags.unchecked > 0 ? layout.colors.yellow(`${tags.unchecked} unchecked`) : '',
    `${tags.intact} intact`,
  ].filter((end) => end !== '')
  if (references !== undefined) return [`  ${referencesText(references, complete)}`, ...depthLines(info, layout)]
  const state = stopped ? 'Stopped before it finished.' : complete ? '' : 'Not everything could be checked.'
  return [
    `  ${count(totals.repositories, 'repository', 'repositories')}, ${count(all, 'tag')}: ${ends.join(', ')}`,
    `  ${objects(totals.manifests, 'manifest')}; ${info.depth === 'graph' ? 'blobs not checked' : objects(totals.blobs, 'blob')}`,
    ...(info.pullThrough ? ['  A pull-through cache: what is missing is fetched on demand, and is not reported.'] : []),
    ...(info.shard === undefined
      ? []
      : [`  Slice ${info.shard} of the repositories (--shard); the others were not checked.`]),
    ...(totals.manifestsNotReproved > 0 ? wrap(notReproved(totals.manifestsNotReproved), layout.columns, '  ') : []),
    ...depthLines(info, layout),
    ...(untagged === undefined ? [] : wrap(UNTAGGED[untagged], layout.columns, '  ')),
    ...(garbage === 'uploads-only' ? wrap(NO_GARBAGE, layout.columns, '  ') : []),
    ...(state === '' ? [] : [`  ${layout.colors.yellow(state)}`]),
  ]
}

function depthLines({ depth }: TargetInfo, layout: TableLayout): string[] {
  return wrap(`Depth ${depth}: ${NOT_SEEN[depth]}`, layout.columns, '  ')
}

function referencesText({ files, references, images }: ReferenceTotals, isComplete: boolean): string {
  if (references === 0 && isComplete) return `0 images are named in ${count(files, 'file')}; there was nothing to check`
  return `${count(references, 'reference')} to ${count(images, 'image')} in ${count(files, 'file')}`
}

const NO_GARBAGE =
  'Unused blobs were not searched for: a manifest is damaged, missing or unchecked, so it is unknown which blobs it needs.'

const NOT_SEEN: Readonly<Record<Depth, string>> = {
  graph: 'manifests were checked; configs and layers were not.',
  blobs:
    'every config and layer was checked by size; altered bytes of equal size are not detected (--depth content detects them).',
  content: 'every byte that a tag or revision needs was hashed.',
}

function notReproved(manifests: number): string {
  return `${count(manifests, 'manifest')} known from an earlier run are still served; their bytes come from the cache and were not read again.`
}

function objects(totals: ObjectTotals, noun: string): string {
  const all = totals.intact + totals.damaged + totals.unchecked + totals.skipped
  const rest = [
    totals.damaged > 0 ? `${totals.damaged} damaged or missing` : '',
    totals.unchecked > 0 ? `${totals.unchecked} unchecked` : '',
    totals.skipped > 0 ? `${totals.skipped} skipped` : '',
  ].filter((part) => part !== '')
  return `${count(all, noun)}${rest.length > 0 ? ` (${rest.join(', ')})` : ''}`
}
