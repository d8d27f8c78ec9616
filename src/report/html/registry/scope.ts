import { CAPABILITIES } from '../../../check/capabilities.ts'
import type { ObjectTotals } from '../../../check/records.ts'
import type { Depth } from '../../../check/rules.ts'
import type { ReportTarget } from '../../json/document.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { counted, number } from '../overview/quantities.ts'

/** What a scan of each depth proves about an intact tag. */
export const PROVED: Readonly<Record<Depth, string>> = {
  graph: 'Every manifest that a tag needs is served and matches its digest.',
  blobs: 'Every manifest that a tag needs matches its digest, and every config and layer is there with the right size.',
  content: 'Every byte that a tag needs was read and matches its digest.',
}

const NOT_SEEN: Readonly<Record<Depth, string>> = {
  graph: 'Configs and layers were not checked: an image may lack them and still count as intact.',
  blobs: 'Altered bytes of a config or layer of the right size are not detected; depth content detects them.',
  content: 'An image that was already broken when it was pushed has the right digests, and counts as intact.',
}

/** What was checked, the totals, and what this kind of scan does not detect. */
export function scopeOf(report: ReportTarget): Markup {
  const { totals, depth, pullThrough, shard, against, kind } = report
  const notes: Part[] = [
    html`<li>Depth <b>${depth}</b>. ${NOT_SEEN[depth]}</li>`,
    html`<li>${CAPABILITIES[kind].seesAnswers ? 'The API was checked, not the disk behind it.' : against === undefined ? 'The storage was checked, not what a running registry answers.' : html`The storage was checked, and compared with <bdi>${against}</bdi>.`}</li>`,
    pullThrough &&
      html`<li>This is a pull-through cache: what is missing is fetched on demand, and is not reported.</li>`,
    shard !== undefined && html`<li>Slice ${shard} of the repositories; the others were not checked.</li>`,
    totals !== null &&
      totals.manifestsNotReproved > 0 &&
      html`<li>${counted(totals.manifestsNotReproved, 'manifest')} known from an earlier run are still served; their bytes were not read again.</li>`,
  ]
  return html`${totals !== null && table(report, totals)}<ul class="notes">${notes}</ul>`
}

function table(
  { depth }: ReportTarget,
  { manifests, blobs, repositories }: NonNullable<ReportTarget['totals']>,
): Markup {
  return html`<table class="totals"><caption>Objects in ${counted(repositories, 'repository', 'repositories')}</caption>
<thead><tr><td></td><th scope="col">intact</th><th scope="col">damaged</th><th scope="col">unchecked</th><th scope="col">skipped</th></tr></thead>
<tbody>${row('manifests', manifests)}${
    depth === 'graph'
      ? html`<tr><th scope="row">configs and layers</th><td colspan="4">not checked</td></tr>`
      : row('configs and layers', blobs)
  }</tbody></table>`
}

function row(name: string, { intact, damaged, unchecked, skipped }: ObjectTotals): Markup {
  return html`<tr><th scope="row">${name}</th>${[intact, damaged, unchecked, skipped].map((n) => html`<td>${number(n)}</td>`)}</tr>`
}
