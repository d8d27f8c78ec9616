import { imageName } from '../../../oci/image-name.ts'
import { groupsByMessage } from '../../records/finding-groups.ts'
import { platformName } from '../../text/platform-name.ts'
import { badge, type Tone } from '../icons.ts'
import { html, literal, type Markup, printable } from '../markup.ts'
import { counted } from '../overview/quantities.ts'
import type { AffectedImage, ImageVerdict } from './affected-images.ts'
import { findingGroup } from './finding-group.ts'
import { platformNames, tagged } from './names.ts'
import { treeOf } from './tree.ts'

/** Findings of one image that are shown. */
const MOST_FINDINGS = 60
/** Tags in one heading. */
const MOST_TAGS = 4

const VERDICTS: Readonly<Record<ImageVerdict, { readonly tone: Tone; readonly word: string }>> = {
  unpullable: { tone: 'damaged', word: 'Cannot be pulled' },
  damaged: { tone: 'damaged', word: 'Damaged' },
  degraded: { tone: 'warning', word: 'Degraded' },
  warning: { tone: 'warning', word: 'Warning' },
}

/** How a list of a page is written. */
export interface ListStyle {
  /** Of the headings in it. */
  readonly level: 3 | 4
  /** Path of the server that has the pages of the codes; `undefined` in a file. */
  readonly prefix: string | undefined
}

/** One image of the list, collapsible: its tags, its tree, its findings. */
export function imageItem(
  image: AffectedImage,
  { level, isOpen, prefix }: ListStyle & { readonly isOpen: boolean },
): Markup {
  const { repository, tags, verdict, findings } = image
  const { tone, word } = VERDICTS[verdict]
  const shown = findings.slice(0, MOST_FINDINGS)
  const rest = findings.length - shown.length
  const names = tags.slice(0, MOST_TAGS).map((tag, n) => html`${n > 0 && ', '}${tagged(repository, tag)}`)
  const more = tags.length - MOST_TAGS
  return html`<li data-item><details class="image"${isOpen && html` open`}><summary>${badge(tone, word)}<${literal(`h${level}`)}>${names}${
    more > 0 && html` <span class="soft">and ${counted(more, 'more tag')}</span>`
  }</${literal(`h${level}`)}><span class="gist">${summary(image)}</span></summary>
<div class="body">${treeOf(image, shown)}
${shown.length === 0 && html`<p>The findings about it are not among those shown here.</p>`}
${groupsByMessage(shown).map((group) => findingGroup(group, prefix))}
${rest > 0 && html`<p>And ${counted(rest, 'more finding')}; the JSON report lists all.</p>`}
${more > 0 && html`<details class="more"><summary>All ${counted(tags.length, 'tag')}</summary><p class="names">${tags.map((tag) => html`<bdi>${tag}</bdi> `)}</p></details>`}
</div></details></li>`
}

/** The text that a search looks through, in lower case. */
export function imageText({ repository, tags, digest = '', verdict, findings }: AffectedImage): string {
  const words = findings.flatMap((finding) => [
    finding.code,
    finding.cause,
    finding.digest ?? '',
    ...finding.parents,
    ...finding.platforms.map(platformName),
    finding.message,
  ])
  const names = tags.map((tag) => imageName(repository, tag))
  return printable([VERDICTS[verdict].word, ...names, digest, ...words].join(' ')).toLowerCase()
}

/** Its codes and platforms. */
function summary({ findings }: AffectedImage): Markup {
  const codes = new Map<string, number>()
  for (const { code } of findings) codes.set(code, (codes.get(code) ?? 0) + 1)
  const platforms = [...new Set(findings.flatMap((finding) => finding.platforms))]
  const rest = platforms.length - 6
  return html`${[...codes].map(([code, times], n) => html`${n > 0 && ', '}<span class="code">${code}</span>${times > 1 && ` × ${times}`}`)}${platformNames(
    platforms.slice(0, 6),
  )}${rest > 0 && ` and ${rest} more`}`
}
