import type { UncheckedRecord } from '../../../check/records.ts'
import { isSkip } from '../../../check/store-error.ts'
import type { ReportTarget } from '../../json/document.ts'
import { groupedBy } from '../../records/finding-groups.ts'
import type { ReportTag } from '../../records/target-records.ts'
import { badge } from '../icons.ts'
import { html, literal, type Markup } from '../markup.ts'
import { counted, number } from '../overview/quantities.ts'
import type { ListStyle } from './image.ts'
import { exact, tagged } from './names.ts'
import { codePageIn } from './paths.ts'

/** Places listed for one reason. */
const MOST = 100

/** Unchecked and skipped objects, by reason. */
export function uncheckedList({ unchecked, tags }: ReportTarget, style: ListStyle): Markup {
  const reasons = groupedBy(unchecked, ({ because }) => because)
  const images = tags.filter(({ verdict }) => verdict === 'unchecked')
  return html`<ul class="items">${[...reasons].map(([because, records]) => reasonItem(because, records, style))}${
    images.length > 0 && tagsItem(images, style)
  }</ul>`
}

/** Whether {@link uncheckedList} has anything to list. */
export function hasUnchecked({ unchecked, tags }: ReportTarget): boolean {
  return unchecked.length > 0 || tags.some(({ verdict }) => verdict === 'unchecked')
}

function reasonItem(
  because: UncheckedRecord['because'],
  records: readonly UncheckedRecord[],
  { level, prefix }: ListStyle,
): Markup {
  const skipped = isSkip(because)
  const h = literal(`h${level}`)
  return html`<li><details class="image"><summary>${
    skipped ? badge('unknown', 'Skipped') : badge('incomplete', 'Unchecked')
  }<${h}><span class="code">${because}</span></${h}><span class="gist">${counted(records.length, 'object')}${
    skipped && ', on purpose'
  }</span></summary>
<div class="body"><ul class="tree">${records.slice(0, MOST).map(place)}</ul>${rest(records.length)}${
    prefix !== undefined && html`<p><a href="${codePageIn(prefix, 'unchecked', because)}">What ${because} means</a></p>`
  }</div></details></li>`
}

function tagsItem(images: readonly ReportTag[], { level }: ListStyle): Markup {
  const h = literal(`h${level}`)
  return html`<li><details class="image"><summary>${badge('incomplete', 'Unchecked')}<${h}>Tags that could not be checked</${h}><span class="gist">${counted(
    images.length,
    'tag',
  )}</span></summary>
<div class="body"><ul class="tree">${images.slice(0, MOST).map(({ repository, tag }) => html`<li>${tagged(repository, tag)}</li>`)}</ul>${rest(images.length)}</div></details></li>`
}

function place({ repository, tag, digest, path, detail, kind }: UncheckedRecord): Markup {
  const name =
    repository !== undefined && (tag === undefined ? html`<bdi>${repository}</bdi>` : tagged(repository, tag))
  return html`<li>${name} ${kind !== undefined && html`<span class="thing">${kind}</span>`} ${digest !== undefined && exact(digest)} ${
    path !== undefined && path !== '' && exact(path)
  } ${detail !== undefined && html`<span class="soft"><bdi>${detail}</bdi></span>`}</li>`
}

function rest(all: number): Markup | false {
  return all > MOST && html`<p>And ${number(all - MOST)} more; the JSON report lists all.</p>`
}
