import type { ObjectTotals } from '../../check/judge.ts'
import type { Depth } from '../../check/rules.ts'
import type { ReportTarget } from '../document.ts'
import { html, type Markup, type Part } from './markup.ts'
import { counted, number } from './quantities.ts'

/** What a scan of each depth proves of what it calls whole. */
export const PROVED: Readonly<Record<Depth, string>> = {
  graph: 'Every manifest that the tags lead to is served and hashes to its digest.',
  blobs:
    'Every manifest that the tags lead to hashes to its digest, and every config and layer is there with its size.',
  content: 'Every byte that the tags lead to was read and hashes to its digest.',
}

const NOT_SEEN: Readonly<Record<Depth, string>> = {
  graph: 'Configs and layers were not looked at: an image may lack them and still count as whole.',
  blobs: 'Altered bytes of a config or layer that still has its size are not seen; depth content sees them.',
  content: 'An image that was built broken and pushed as it is has the right digests, and counts as whole.',
}

/** What was looked at, how it ended, and what such a look does not see. */
export function scopeOf(report: ReportTarget): Markup {
  const { totals, depth, pullThrough, shard, against, kind } = report
  const notes: Part[] = [
    html`<li>Depth <b>${depth}</b>. ${NOT_SEEN[depth]}</li>`,
    html`<li>${kind === 'api' ? 'The API was asked: what lies on the disk behind it was not seen.' : against === undefined ? 'The storage was read: what a running registry answers was not seen.' : html`The storage was read, and <bdi>${against}</bdi> was asked about it.`}</li>`,
    pullThrough &&
      html`<li>It is a pull-through cache: what is missing is fetched when asked for, and is not reported.</li>`,
    shard !== undefined && html`<li>Slice ${shard} of the repositories: the others were not looked at.</li>`,
    totals !== null &&
      totals.manifestsNotReproved > 0 &&
      html`<li>${counted(totals.manifestsNotReproved, 'manifest')} of an earlier run still served; their bytes were not proved again.</li>`,
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
      ? html`<tr><th scope="row">configs and layers</th><td colspan="4">not looked at</td></tr>`
      : row('configs and layers', blobs)
  }</tbody></table>`
}

function row(name: string, { intact, damaged, unchecked, skipped }: ObjectTotals): Markup {
  return html`<tr><th scope="row">${name}</th>${[intact, damaged, unchecked, skipped].map((n) => html`<td>${number(n)}</td>`)}</tr>`
}
