import { compareText } from '../../../check/compare-text.ts'
import type { ToldFinding } from '../../../check/events.ts'
import { FINDINGS } from '../../../check/findings/catalogue.ts'
import type { Severity } from '../../../check/findings/code.ts'
import type { ReportTarget } from '../../json/document.ts'
import { badge, type Tone } from '../icons.ts'
import { html, literal, type Markup } from '../markup.ts'
import { bytes, counted, number } from '../overview/quantities.ts'
import { tagsHit } from './affected-images.ts'
import { type Story, storiesOf, told } from './finding-groups.ts'
import type { Setting } from './image.ts'
import { exact, platformNames } from './names.ts'

/** Objects listed in one group. */
const MOST_OBJECTS = 100
/** Groups in one section. */
const MOST_GROUPS = 200

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 }
const SEVERITIES: Readonly<Record<Severity, { readonly tone: Tone; readonly word: string }>> = {
  error: { tone: 'damaged', word: 'Error' },
  warning: { tone: 'warning', word: 'Warning' },
  notice: { tone: 'unknown', word: 'Notice' },
}

/** Findings that no tag leads to, by repository, code and cause; the worst first. */
export function looseStories({ findings }: ReportTarget): readonly Story[] {
  const stories = new Map<string, [ToldFinding, ...ToldFinding[]]>()
  for (const finding of findings) {
    if (tagsHit(finding).length > 0) continue
    const { repository, code, cause, severity } = finding
    const key = JSON.stringify([repository, code, cause, severity])
    const story = stories.get(key)
    if (story) story.push(finding)
    else stories.set(key, [finding])
  }
  return [...stories.values()].sort(
    ([a], [b]) => RANK[a.severity] - RANK[b.severity] || compareText(a.repository ?? '', b.repository ?? ''),
  )
}

export function looseList(stories: readonly Story[], setting: Setting): Markup {
  const rest = stories.length - MOST_GROUPS
  return html`<ul class="items">${stories.slice(0, MOST_GROUPS).map((story) => looseItem(story, setting))}</ul>${
    rest > 0 && html`<p>And ${counted(rest, 'more group')}; the JSON report lists all.</p>`
  }`
}

function looseItem(story: Story, { level, prefix }: Setting): Markup {
  const [{ severity, repository, code }] = story
  const { tone, word } = SEVERITIES[severity]
  const h = literal(`h${level}`)
  const sum = story.reduce((all, { evidence }) => all + Number(evidence['bytes'] ?? 0), 0)
  const rest = story.length - MOST_OBJECTS
  const shown: Story = [story[0], ...story.slice(1, MOST_OBJECTS)]
  return html`<li><details class="image"><summary>${badge(tone, word)}<${h}><bdi>${
    repository ?? 'The whole registry'
  }</bdi></${h}><span class="gist"><span class="code">${code}</span>${story.length > 1 && ` × ${story.length}`}${
    sum > 0 && `, ${bytes(sum)}`
  }</span></summary>
<div class="body"><ul class="tree">${shown.map(objectRow)}</ul>${rest > 0 && html`<p>And ${number(rest)} more; the JSON report lists all.</p>`}
${(severity === 'notice' ? [shown] : storiesOf(shown)).map((each) => told(each, prefix))}</div></details></li>`
}

function objectRow({ code, digest, evidence, platforms, severity }: ToldFinding): Markup {
  const { thing, state } = FINDINGS[code]
  const path = evidence['path']
  const tone = severity === 'error' ? 'damaged' : 'warning'
  const what = digest ?? (typeof path === 'string' ? path : undefined)
  return html`<li><span class="thing">${thing}</span>${platformNames(platforms)} <span class="end ${tone}">${state}</span> ${what !== undefined && exact(what)}</li>`
}
